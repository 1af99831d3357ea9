package proofs

import "testing"

func TestEq1(t *testing.T)        { prove(t, "eq-1") }
func TestOwnLumping(t *testing.T) { prove(t, "own-lumping") }

func TestDef1(t *testing.T)      { prove(t, "def-1") }
func TestProp2(t *testing.T)     { prove(t, "prop-2") }
func TestDef3(t *testing.T)      { prove(t, "def-3") }
func TestProp4(t *testing.T)     { prove(t, "prop-4") }
func TestDef5(t *testing.T)      { prove(t, "def-5") }
func TestProp6(t *testing.T)     { prove(t, "prop-6") }
func TestCor7(t *testing.T)      { prove(t, "cor-7") }
func TestRem1(t *testing.T)      { prove(t, "rem-1") }
func TestXRem1(t *testing.T)     { prove(t, "x-rem-1") }
func TestOwnPrompt(t *testing.T) { prove(t, "own-prompt") }

func TestEq19(t *testing.T)          { prove(t, "eq-19") }
func TestEq22(t *testing.T)          { prove(t, "eq-22") }
func TestEq23(t *testing.T)          { prove(t, "eq-23") }
func TestThm8(t *testing.T)          { prove(t, "thm-8") }
func TestRem2(t *testing.T)          { prove(t, "rem-2") }
func TestXRem2Converse(t *testing.T) { prove(t, "x-rem-2-converse") }
func TestXThm8Boundary(t *testing.T) { prove(t, "x-thm-8-boundary") }
func TestOwnTurns(t *testing.T)      { prove(t, "own-turns") }
func TestOwnBaseline(t *testing.T)   { prove(t, "own-baseline") }

func TestThm9(t *testing.T)           { prove(t, "thm-9") }
func TestThm10(t *testing.T)          { prove(t, "thm-10") }
func TestXThm10Converse(t *testing.T) { prove(t, "x-thm-10-converse") }
func TestRem3(t *testing.T)           { prove(t, "rem-3") }
func TestXThm10Support(t *testing.T)  { prove(t, "x-thm-10-support") }
func TestXRem3(t *testing.T)          { prove(t, "x-rem-3") }

func TestDef11(t *testing.T)          { prove(t, "def-11") }
func TestLem12(t *testing.T)          { prove(t, "lem-12") }
func TestThm13(t *testing.T)          { prove(t, "thm-13") }
func TestThm13Sharp(t *testing.T)     { prove(t, "thm-13-sharp") }
func TestRem4(t *testing.T)           { prove(t, "rem-4") }
func TestRem5(t *testing.T)           { prove(t, "rem-5") }
func TestXRem4(t *testing.T)          { prove(t, "x-rem-4") }
func TestOwnPointwise(t *testing.T)   { prove(t, "own-pointwise") }
func TestOwnRewardError(t *testing.T) { prove(t, "own-reward-error") }

func TestEq40(t *testing.T)               { prove(t, "eq-40") }
func TestEq41(t *testing.T)               { prove(t, "eq-41") }
func TestThm14(t *testing.T)              { prove(t, "thm-14") }
func TestThm14Bound(t *testing.T)         { prove(t, "thm-14-bound") }
func TestCor15(t *testing.T)              { prove(t, "cor-15") }
func TestXCor15(t *testing.T)             { prove(t, "x-cor-15") }
func TestXThm14Order(t *testing.T)        { prove(t, "x-thm-14-order") }
func TestXMirror(t *testing.T)            { prove(t, "x-mirror") }
func TestOwnTail(t *testing.T)            { prove(t, "own-tail") }
func TestOwnCubic(t *testing.T)           { prove(t, "own-cubic") }
func TestXAssumption1Global(t *testing.T) { prove(t, "x-assumption-1-global") }

func TestDef16(t *testing.T)       { prove(t, "def-16") }
func TestDef17(t *testing.T)       { prove(t, "def-17") }
func TestDef18(t *testing.T)       { prove(t, "def-18") }
func TestRecGradient(t *testing.T) { prove(t, "rec-gradient") }

func TestThm19(t *testing.T) { prove(t, "thm-19") }

func TestThm20(t *testing.T)      { prove(t, "thm-20") }
func TestOwnKappa(t *testing.T)   { prove(t, "own-kappa") }
func TestDef21(t *testing.T)      { prove(t, "def-21") }
func TestThm22(t *testing.T)      { prove(t, "thm-22") }
func TestThm22Sharp(t *testing.T) { prove(t, "thm-22-sharp") }
func TestCor23(t *testing.T)      { prove(t, "cor-23") }
func TestXCor23(t *testing.T)     { prove(t, "x-cor-23") }
func TestXThm20(t *testing.T)     { prove(t, "x-thm-20") }
func TestXUnique(t *testing.T)    { prove(t, "x-unique") }

func TestProp29(t *testing.T)  { prove(t, "prop-29") }
func TestXProp29(t *testing.T) { prove(t, "x-prop-29") }
func TestXThm22(t *testing.T)  { prove(t, "x-thm-22") }

func TestXTradeoff(t *testing.T) { prove(t, "x-tradeoff") }
func TestXCliff(t *testing.T)    { prove(t, "x-cliff") }

func TestLem24(t *testing.T)        { prove(t, "lem-24") }
func TestEq54(t *testing.T)         { prove(t, "eq-54") }
func TestEq55(t *testing.T)         { prove(t, "eq-55") }
func TestProp25(t *testing.T)       { prove(t, "prop-25") }
func TestEq59(t *testing.T)         { prove(t, "eq-59") }
func TestProp26(t *testing.T)       { prove(t, "prop-26") }
func TestThm27(t *testing.T)        { prove(t, "thm-27") }
func TestXAssumption1(t *testing.T) { prove(t, "x-assumption-1") }
func TestXA4(t *testing.T)          { prove(t, "x-a4") }
func TestXEq59(t *testing.T)        { prove(t, "x-eq-59") }

func TestLem28(t *testing.T) { prove(t, "lem-28") }
func TestRem6(t *testing.T)  { prove(t, "rem-6") }
func TestRem7(t *testing.T)  { prove(t, "rem-7") }
func TestXRem7(t *testing.T) { prove(t, "x-rem-7") }
func TestRem8(t *testing.T)  { prove(t, "rem-8") }
func TestXRem8(t *testing.T) { prove(t, "x-rem-8") }
func TestRem9(t *testing.T)  { prove(t, "rem-9") }
func TestRem10(t *testing.T) { prove(t, "rem-10") }

func TestEq67(t *testing.T) { prove(t, "eq-67") }

func TestEq68(t *testing.T) { prove(t, "eq-68") }

func TestEq72(t *testing.T) { prove(t, "eq-72") }

func TestEq73(t *testing.T) { prove(t, "eq-73") }

func TestEq74(t *testing.T) { prove(t, "eq-74") }

func TestEq75(t *testing.T) { prove(t, "eq-75") }

func TestEq76(t *testing.T) { prove(t, "eq-76") }

func TestEq77(t *testing.T) { prove(t, "eq-77") }

func TestEq78(t *testing.T) { prove(t, "eq-78") }

func TestEq80(t *testing.T) { prove(t, "eq-80") }

func TestEq81(t *testing.T) { prove(t, "eq-81") }

func TestEq82(t *testing.T) { prove(t, "eq-82") }

func TestEq83(t *testing.T) { prove(t, "eq-83") }
