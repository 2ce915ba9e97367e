package ledger

// The kinds of entries: what a line of a log tells. A kind never changes its meaning.
const (
	kindFundOpen     = "fund.open"
	kindHeading      = "fund.heading"
	kindPurposeOpen  = "purpose.open"
	kindCampaignOpen = "campaign.open"
	kindDonorCreate  = "donor.create"
	kindDonation     = "donation"
	kindReverse      = "donation.reverse"
	kindIntent       = "intent"
	kindRefuse       = "intent.refuse"
	kindVoid         = "receipt.void"
	kindReplace      = "receipt.replace"
	kindUserCreate   = "user.create"
	kindUserChange   = "user.change"
	kindUserRole     = "user.role"
)
