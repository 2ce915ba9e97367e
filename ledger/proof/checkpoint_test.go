package proof_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"sovang/ledger/proof"
)

// The example of c2sp.org/tlog-checkpoint, and forms that it forbids.
func TestC15CheckpointsHaveOneForm(t *testing.T) {
	t.Parallel()
	const good = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
		"— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
	c, err := proof.PeekCheckpoint(good)
	if err != nil || c.Origin != "example.com/behind-the-sofa" || c.Size != 20852163 || c.Text()+"\n" != strings.SplitAfter(good, "\n\n")[0] {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := proof.PeekCheckpoint(strings.Replace(good, "\n\n", "\nan extension\n\n", 1)); err != nil || c.Size != 20852163 {
		t.Errorf("an extension line: %+v, %v", c, err)
	}
	for name, text := range map[string]string{
		"nothing":             "",
		"no signatures":       strings.SplitAfter(good, "\n\n")[0][:60],
		"a leading zero":      strings.Replace(good, "2085", "02085", 1),
		"a sign":              strings.Replace(good, "2085", "+2085", 1),
		"2^63":                strings.Replace(good, "20852163", "9223372036854775808", 1),
		"no size":             strings.Replace(good, "20852163", "", 1),
		"a short root":        strings.Replace(good, "CsUYapGG", "CsUY", 1),
		"a root's spare bits": strings.Replace(good, "jxq2I=", "jxq2J=", 1),
		"a broken root":       strings.Replace(good, "CsUY", "Cs\rUY", 1),
		"two lines":           strings.Replace(good, "20852163\n", "", 1),
		"70 kB":               good + strings.Repeat("— a AAAAAAA=\n", 6000),
	} {
		if c, err := proof.PeekCheckpoint(text); !errors.Is(err, proof.ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestC15ACosignatureIsOfOneTextOneKeyAndOneTime(t *testing.T) {
	t.Parallel()
	pub, key, err := ed25519.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{9}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	vkey := proof.CosignerKey("hp.example/log/witness", pub)
	p, logKey := exampleProof(t, 7, 9)
	at := time.Date(2022, 7, 27, 8, 30, 0, 0, time.UTC)
	cosigned, line, err := proof.Cosign(p.Checkpoint, "hp.example/log/witness", key, at)
	if err != nil || cosigned != p.Checkpoint+line {
		t.Fatalf("%q, %v", line, err)
	}
	if got, err := proof.Cosigned(cosigned, vkey); err != nil || !got.Equal(at) {
		t.Errorf("%v, %v", got, err)
	}
	p.Checkpoint = cosigned
	if _, _, err := proof.VerifyEntry(p.Text(), logKey); err != nil {
		t.Errorf("a proof with a cosigned checkpoint: %v", err)
	}
	other := proof.CosignerKey("hp.example/log/other", pub)
	for _, tt := range []struct {
		name, signed, vkey string
		want               error
	}{
		{"another witness's key", cosigned, other, proof.ErrWrongKey},
		{"not cosigned", strings.TrimSuffix(cosigned, line), vkey, proof.ErrWrongKey},
		{"another text", strings.Replace(cosigned, "\n9\n", "\n8\n", 1), vkey, proof.ErrSignature},
		{"a log's key", cosigned, logKey, proof.ErrKey},
		{"no key", cosigned, "", proof.ErrKey},
		{"no checkpoint", line, vkey, proof.ErrMalformed},
	} {
		if _, err := proof.Cosigned(tt.signed, tt.vkey); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	start := len(cosigned) - len(line)
	for bit := range len(line) * 8 {
		flipped := []byte(cosigned)
		flipped[start+bit/8] ^= 1 << (bit % 8)
		if _, err := proof.Cosigned(string(flipped), vkey); err == nil {
			t.Errorf("bit %d of byte %d of the line may be flipped", bit%8, bit/8)
		}
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	p, vkey := exampleProof(f, 7, 9)
	f.Add(p.Checkpoint)
	f.Add("o\n0\n" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n\n")
	f.Fuzz(func(t *testing.T, signed string) {
		c, err := proof.PeekCheckpoint(signed)
		if err == nil && !strings.HasPrefix(signed, c.Text()) {
			t.Errorf("%q is read as %q", signed, c.Text())
		}
		if v, err := proof.ParseCheckpoint(signed, vkey); err == nil && (v != c || v.Origin != exampleOrigin) {
			t.Errorf("verified: %+v of %q", v, signed)
		}
	})
}

func FuzzParseGrowth(f *testing.F) {
	p, _ := exampleProof(f, 7, 9)
	f.Add(proof.Growth{Old: 3, Path: p.Path, Checkpoint: p.Checkpoint}.Text())
	f.Add("old 0\n\n" + p.Checkpoint)
	f.Add("old 00\n\n" + p.Checkpoint)
	f.Fuzz(func(t *testing.T, text string) {
		if g, err := proof.ParseGrowth(text); err == nil && g.Text() != text {
			t.Errorf("%q is read as %q", text, g.Text())
		}
	})
}
