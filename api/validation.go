package api

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

// fromHuma gives what huma met its code: an error of ours as it is, wrong fields each with its reason.
func fromHuma(status int, msg string, errs []error) error {
	var large *http.MaxBytesError
	err := errors.Join(errs...)
	switch {
	case status == http.StatusUnsupportedMediaType:
		return refuse(codeUnsupportedMedia)
	case status == http.StatusRequestEntityTooLarge || errors.As(err, &large):
		return refuse(codeTooLarge)
	case status == http.StatusRequestTimeout:
		return refuse(codeTimeout)
	case status == http.StatusBadRequest || msg == "cannot read request body": // it broke off
		return refuse(codeMalformed)
	case status == http.StatusUnprocessableEntity:
		return refuseFields(fieldsOf(errs)...)
	}
	return err
}

// formatOf keeps huma's sentences constant, so that they can be looked up. The name of a missing field is the
// one thing that must stay.
func formatOf(format string, args ...any) string {
	if format == validation.MsgExpectedRequiredProperty {
		return fmt.Sprintf(format, args...)
	}
	return format
}

// reasonOfHuma gives each of huma's sentences that our schemas can bring about our own word. Others are
// "malformed".
var reasonOfHuma = map[string]string{
	validation.MsgUnexpectedProperty:       "unknown_field",
	"unknown query parameter":              "unknown_field",
	"required header parameter is missing": "required",
	"required path parameter is missing":   "required",
	"required query parameter is missing":  "required",
	validation.MsgExpectedOneOf:            "unknown",
	validation.MsgExpectedRFC3339Date:      "date_form",
	validation.MsgExpectedBoolean:          "wrong_type",
	validation.MsgExpectedNumber:           "wrong_type",
	validation.MsgExpectedInteger:          "wrong_type",
	validation.MsgExpectedString:           "wrong_type",
	validation.MsgExpectedArray:            "wrong_type",
	validation.MsgExpectedObject:           "wrong_type",
	validation.MsgExpectedMinimumNumber:    "out_of_range",
	validation.MsgExpectedMaximumNumber:    "out_of_range",
	validation.MsgExpectedMinLength:        "too_short",
	validation.MsgExpectedMaxLength:        "too_long",
	validation.MsgExpectedMaxItems:         "too_many",
	validation.MsgExpectedMinItems:         "too_few",
}

var requiredProperty = regexp.MustCompile("^" +
	strings.Replace(regexp.QuoteMeta(validation.MsgExpectedRequiredProperty), "%s", "(.+)", 1) + "$")

// fieldsOf translates what huma found wrong, in the order of the fields: huma walks through a map. The values
// that it quotes are left behind.
func fieldsOf(errs []error) []fieldProblem {
	var list []fieldProblem
	for _, err := range errs[:min(len(errs), maxWrong)] {
		var at, said string
		if d, ok := err.(huma.ErrorDetailer); ok {
			at, said = d.ErrorDetail().Location, d.ErrorDetail().Message
		}
		reason := reasonOfHuma[said]
		if m := requiredProperty.FindStringSubmatch(said); m != nil {
			at, reason = at+"."+m[1], "required"
		}
		if reason == "" {
			reason = "malformed"
		}
		list = append(list, fieldAt(at, reason))
	}
	slices.SortFunc(list, func(a, b fieldProblem) int {
		return strings.Compare(a.Pointer+" "+a.Parameter, b.Pointer+" "+b.Parameter)
	})
	return list
}

// fieldAt names a place as huma does it, "body.goods[0].unit" or "query.limit", in our way.
func fieldAt(at, reason string) fieldProblem {
	if len(at) > maxFieldName {
		at = strings.ToValidUTF8(at[:maxFieldName], "")
	}
	where, path, _ := strings.Cut(strings.NewReplacer("[", ".", "]", "").Replace(at), ".")
	if where != "body" {
		return fieldProblem{Parameter: path, Reason: reason, Detail: reasonText(path, reason)}
	}
	if path == "" {
		return fieldProblem{Reason: reason, Detail: reasonText("text", reason)}
	}
	field := strings.ReplaceAll(path, ".", "/")
	return fieldProblem{Pointer: "/" + field, Reason: reason, Detail: reasonText(field, reason)}
}
