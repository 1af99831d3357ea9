package proofs

import "testing"

func FuzzEq1(f *testing.F)        { fuzz(f, "eq-1") }
func FuzzOwnLumping(f *testing.F) { fuzz(f, "own-lumping") }

func FuzzDef1(f *testing.F)      { fuzz(f, "def-1") }
func FuzzProp2(f *testing.F)     { fuzz(f, "prop-2") }
func FuzzDef3(f *testing.F)      { fuzz(f, "def-3") }
func FuzzProp4(f *testing.F)     { fuzz(f, "prop-4") }
func FuzzDef5(f *testing.F)      { fuzz(f, "def-5") }
func FuzzProp6(f *testing.F)     { fuzz(f, "prop-6") }
func FuzzCor7(f *testing.F)      { fuzz(f, "cor-7") }
func FuzzRem1(f *testing.F)      { fuzz(f, "rem-1") }
func FuzzXRem1(f *testing.F)     { fuzz(f, "x-rem-1") }
func FuzzOwnPrompt(f *testing.F) { fuzz(f, "own-prompt") }

func FuzzEq19(f *testing.F)          { fuzz(f, "eq-19") }
func FuzzEq22(f *testing.F)          { fuzz(f, "eq-22") }
func FuzzEq23(f *testing.F)          { fuzz(f, "eq-23") }
func FuzzThm8(f *testing.F)          { fuzz(f, "thm-8") }
func FuzzRem2(f *testing.F)          { fuzz(f, "rem-2") }
func FuzzXRem2Converse(f *testing.F) { fuzz(f, "x-rem-2-converse") }
func FuzzXThm8Boundary(f *testing.F) { fuzz(f, "x-thm-8-boundary") }
func FuzzOwnTurns(f *testing.F)      { fuzz(f, "own-turns") }
func FuzzOwnBaseline(f *testing.F)   { fuzz(f, "own-baseline") }

func FuzzThm9(f *testing.F)           { fuzz(f, "thm-9") }
func FuzzThm10(f *testing.F)          { fuzz(f, "thm-10") }
func FuzzXThm10Converse(f *testing.F) { fuzz(f, "x-thm-10-converse") }
func FuzzRem3(f *testing.F)           { fuzz(f, "rem-3") }
func FuzzXThm10Support(f *testing.F)  { fuzz(f, "x-thm-10-support") }
func FuzzXRem3(f *testing.F)          { fuzz(f, "x-rem-3") }

func FuzzDef11(f *testing.F)          { fuzz(f, "def-11") }
func FuzzLem12(f *testing.F)          { fuzz(f, "lem-12") }
func FuzzThm13(f *testing.F)          { fuzz(f, "thm-13") }
func FuzzThm13Sharp(f *testing.F)     { fuzz(f, "thm-13-sharp") }
func FuzzRem4(f *testing.F)           { fuzz(f, "rem-4") }
func FuzzRem5(f *testing.F)           { fuzz(f, "rem-5") }
func FuzzXRem4(f *testing.F)          { fuzz(f, "x-rem-4") }
func FuzzOwnPointwise(f *testing.F)   { fuzz(f, "own-pointwise") }
func FuzzOwnRewardError(f *testing.F) { fuzz(f, "own-reward-error") }

func FuzzEq40(f *testing.F)               { fuzz(f, "eq-40") }
func FuzzEq41(f *testing.F)               { fuzz(f, "eq-41") }
func FuzzThm14(f *testing.F)              { fuzz(f, "thm-14") }
func FuzzThm14Bound(f *testing.F)         { fuzz(f, "thm-14-bound") }
func FuzzCor15(f *testing.F)              { fuzz(f, "cor-15") }
func FuzzXCor15(f *testing.F)             { fuzz(f, "x-cor-15") }
func FuzzXThm14Order(f *testing.F)        { fuzz(f, "x-thm-14-order") }
func FuzzXMirror(f *testing.F)            { fuzz(f, "x-mirror") }
func FuzzOwnTail(f *testing.F)            { fuzz(f, "own-tail") }
func FuzzOwnCubic(f *testing.F)           { fuzz(f, "own-cubic") }
func FuzzXAssumption1Global(f *testing.F) { fuzz(f, "x-assumption-1-global") }

func FuzzDef16(f *testing.F)       { fuzz(f, "def-16") }
func FuzzDef17(f *testing.F)       { fuzz(f, "def-17") }
func FuzzDef18(f *testing.F)       { fuzz(f, "def-18") }
func FuzzRecGradient(f *testing.F) { fuzz(f, "rec-gradient") }

func FuzzThm19(f *testing.F) { fuzz(f, "thm-19") }

func FuzzThm20(f *testing.F)      { fuzz(f, "thm-20") }
func FuzzOwnKappa(f *testing.F)   { fuzz(f, "own-kappa") }
func FuzzDef21(f *testing.F)      { fuzz(f, "def-21") }
func FuzzThm22(f *testing.F)      { fuzz(f, "thm-22") }
func FuzzThm22Sharp(f *testing.F) { fuzz(f, "thm-22-sharp") }
func FuzzCor23(f *testing.F)      { fuzz(f, "cor-23") }
func FuzzXCor23(f *testing.F)     { fuzz(f, "x-cor-23") }
func FuzzXThm20(f *testing.F)     { fuzz(f, "x-thm-20") }
func FuzzXUnique(f *testing.F)    { fuzz(f, "x-unique") }

func FuzzProp29(f *testing.F)  { fuzz(f, "prop-29") }
func FuzzXProp29(f *testing.F) { fuzz(f, "x-prop-29") }
func FuzzXThm22(f *testing.F)  { fuzz(f, "x-thm-22") }

func FuzzXTradeoff(f *testing.F) { fuzz(f, "x-tradeoff") }
func FuzzXCliff(f *testing.F)    { fuzz(f, "x-cliff") }

func FuzzLem24(f *testing.F)        { fuzz(f, "lem-24") }
func FuzzEq54(f *testing.F)         { fuzz(f, "eq-54") }
func FuzzEq55(f *testing.F)         { fuzz(f, "eq-55") }
func FuzzProp25(f *testing.F)       { fuzz(f, "prop-25") }
func FuzzEq59(f *testing.F)         { fuzz(f, "eq-59") }
func FuzzProp26(f *testing.F)       { fuzz(f, "prop-26") }
func FuzzThm27(f *testing.F)        { fuzz(f, "thm-27") }
func FuzzXAssumption1(f *testing.F) { fuzz(f, "x-assumption-1") }
func FuzzXA4(f *testing.F)          { fuzz(f, "x-a4") }
func FuzzXEq59(f *testing.F)        { fuzz(f, "x-eq-59") }

func FuzzLem28(f *testing.F) { fuzz(f, "lem-28") }
func FuzzRem6(f *testing.F)  { fuzz(f, "rem-6") }
func FuzzRem7(f *testing.F)  { fuzz(f, "rem-7") }
func FuzzXRem7(f *testing.F) { fuzz(f, "x-rem-7") }
func FuzzRem8(f *testing.F)  { fuzz(f, "rem-8") }
func FuzzXRem8(f *testing.F) { fuzz(f, "x-rem-8") }
func FuzzRem9(f *testing.F)  { fuzz(f, "rem-9") }
func FuzzRem10(f *testing.F) { fuzz(f, "rem-10") }

func FuzzEq67(f *testing.F) { fuzz(f, "eq-67") }

func FuzzEq68(f *testing.F) { fuzz(f, "eq-68") }

func FuzzEq72(f *testing.F) { fuzz(f, "eq-72") }

func FuzzEq73(f *testing.F) { fuzz(f, "eq-73") }

func FuzzEq74(f *testing.F) { fuzz(f, "eq-74") }

func FuzzEq75(f *testing.F) { fuzz(f, "eq-75") }

func FuzzEq76(f *testing.F) { fuzz(f, "eq-76") }

func FuzzEq77(f *testing.F) { fuzz(f, "eq-77") }

func FuzzEq78(f *testing.F) { fuzz(f, "eq-78") }

func FuzzEq80(f *testing.F) { fuzz(f, "eq-80") }

func FuzzEq81(f *testing.F) { fuzz(f, "eq-81") }

func FuzzEq82(f *testing.F) { fuzz(f, "eq-82") }

func FuzzEq83(f *testing.F) { fuzz(f, "eq-83") }
