// Package ledgertest gives a test a ledger on a real database of its own, and checks when the test ends that
// every invariant of the books holds, whatever the test did.
//
// # What is examined, and where
//
// The core is examined by thirty questions, C1 to C30, and each test that answers one says so in its name or in its
// comment. This is the list: which tests answer the question for the operations that exist (gifts, reversals, voids,
// approvals, batches, logs and their proofs), and which part of the question waits for an operation that does not
// exist yet. A test named here that is not there fails the test of this package. The tests have a short form in
// "make test" and a long one in "make soak".
//
//	C1   what was acknowledged survives the death of the program and of the database
//	     TestC1WhatWasAcknowledgedSurvivesKills
//	     waits: money in transit between funds (transfers); spending among the writes
//	C2   every result is right in the order that was committed
//	     TestC7ARandomLifeOfAFund, TestC25GiftsAndBalancesAreLinearizable
//	     waits: spending, transfers
//	C3   a key gives one result for ever
//	     TestC3OneKeyFromManyCallersAtOnce, TestC3OneKeyTwiceInABatch,
//	     TestC3ReplaysAndRefusalsHarmNoNeighbourInTheBatch, TestC3ARetryIsAnsweredWhateverClosedMeanwhile
//	     waits: the close of a period, a fund and an account as operations (a superuser closes them in the test)
//	C4   an outcome that is not known is settled by the key
//	     TestC4WhoGivesUpNeitherLosesNorDoubles, TestC5ALostAcknowledgementIsSettledByTheKey,
//	     TestC25GiftsAndBalancesAreLinearizable
//	C5   the answer is lost on its way
//	     TestC5ALostAcknowledgementIsSettledByTheKey
//	C6   a failure at every step
//	     TestC6AFailureAtEveryStepWritesNothing, TestC6TheBuilderGoesOnWhereAnotherStopped
//	     waits: the seal of a period; both sides of a transfer
//	C7   a random life, compared with a model after each step
//	     TestC7ARandomLifeOfAFund
//	     waits: commitments, instalments, partial reversals, transfers, close, merging
//	C8   a refused call changes nothing
//	     TestC8ARefusedCallChangesNothing, TestC6AFailureAtEveryStepWritesNothing
//	     waits: overdraft and holds (spending)
//	C9   restricted money is spent once
//	     TestC9AReversalAndAnApprovalShareNoTransaction
//	     waits: spending; until then only reversals lower a restriction
//	C10  numbers without a gap
//	     TestC10NumbersRunWithoutGapUnderForcedFailures, TestC10TheYearRollsOverAtMidnightInVietnam,
//	     TestTwoProgramsOnOneFundStayCorrect
//	C11  readers see the log grow in its order
//	     TestC11AReaderNeverSeesANumberBeforeTheOneBelowIt
//	C12  an effect stands after its cause
//	     TestC12AReversalFromAnOlderTransactionStillComesLater, TestC12AnOlderSnapshotCannotWrite
//	C13  nobody writes but through the functions, nobody changes what stands
//	     TestC13NoRoleWritesATableButThroughTheFunctions, TestC13TheOwnerCannotChangeWhatStands
//	C14  whoever changes it all the same is found out
//	     TestC14EveryColumnThatASuperuserEditsIsNamed, TestC14VerifyNamesEachDamageToTheLog,
//	     TestC14ThePublishedCheckpointNamesWhatWasDone, TestC14NothingIsSignedThatDoesNotContinueTheLog
//	     waits: the hourly seal of the access log; the columns that a close will write
//	C15  proofs
//	     TestC15ATreeGrowsThroughTheKnownRoots, TestC15TheKnownPathsLeadToTheKnownRoots,
//	     TestC15ThreeImplementationsAgree, TestC15EveryEntryAndEveryPairOfSizesIsProven,
//	     TestC15EveryFlippedBitIsRefused, TestC15AnEntryAtAnotherIndexIsRefused,
//	     TestC15TransparencyDevReadsOurProofsAndWeReadTheirs, TestC15ASecondVerifierInPythonAgrees,
//	     TestC15TilesComeTogetherToTheRoot, TestC15AWitnessRefusesASplitView
//	C16  one entry, one encoding
//	     TestCanonicalV1IsFrozen, TestTwoEntriesNeverEncodeAlike, TestEveryEntryDecodesToItself,
//	     TestSecondReaderReadsEveryVector, FuzzDecode
//	C17  every layout of the tables passes the same tests
//	     TestTheSchemaIsReadyToBeDistributed, TestEachMistakeAgainstDistributionIsCaught
//	     waits: a distributed database to run them on; the tests here run on hash partitions
//	C18  batching changes nothing else
//	     TestC18BatchingChangesNothingElse
//	     waits: spending in batches (statements, gift rounds)
//	C19  an export that other programs check
//	     waits: the export
//	C20  a close while others post
//	     TestC3ARetryIsAnsweredWhateverClosedMeanwhile
//	     waits: the close; until then a superuser moves the watermark
//	C21  a cut through all logs adds up
//	     TestTheLogOverAllFundsHoldsEachFundsCheckpoint
//	     waits: transfers
//	C22  two persons
//	     TestC7ARandomLifeOfAFund, TestC8ARefusedCallChangesNothing, TestWhoMayNot
//	     waits: delegation, approvals of spending
//	C23  rows of other funds
//	     TestRowsOfOtherFundsAreNotSeenAndNothingSetShowsNothing
//	C24  what a posting costs
//	     TestC24StatementsPerGift
//	C25  isolation
//	     TestC25EveryReadIsAPrefixOfTheLog, TestC25GiftsAndBalancesAreLinearizable, TestC25TheModelRefusesAStaleRead
//	     waits: transfers, for orders across funds
//	C26  an upgrade keeps the books
//	     TestTheProgramsOwnFilesAreAGaplessSeries
//	     waits: the first release, from which one can upgrade
//	C27  an old backup is a fork
//	     TestC27AnOldBackupIsAFork
//	     waits: the nightly backup
//	C28  no test is skipped in silence
//	     TestOneBadTestOfEachKindFailsTheRun, TestNoTestAtAllFailsTheRun
//	C29  the clock
//	     TestC29TheClockMayJumpBackwards, TestC10TheYearRollsOverAtMidnightInVietnam, TestC18BatchingChangesNothingElse
//	C30  load
//	     TestC30AThousandWaitAndNothingGrows, TestC30CallersThatWaitHoldNoConnectionAndShareTransactions,
//	     TestC30TwoHundredGiftsAtOnceTakeFewTransactions, TestC30TheLineIsBounded, TestC30ClosingAnswersAllWhoWait
package ledgertest
