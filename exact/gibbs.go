package exact

import "sounding/exact/field"

// GibbsPolicy returns the minimiser of the pointwise recovery problem of
// Theorem 20, min_p KL(p‖p_0) + η·p(R^c), at one prefix:
//
//	p*(a) = p_0(a)·u^{1[a∈R]} / Z,  Z = 1 − ρ_0 + ρ_0·u,  u = e^η
//
// It is rational wherever u is.
func GibbsPolicy[E any](f field.Field[E], base []E, recovers []bool, u E) ([]E, error) {
	tilted := make([]E, len(base))
	for k, p := range base {
		if recovers[k] {
			p = f.Mul(p, u)
		}
		tilted[k] = p
	}
	z := field.Sum(f, tilted)
	for k := range tilted {
		var err error
		if tilted[k], err = f.Quo(tilted[k], z); err != nil {
			return nil, err
		}
	}
	return tilted, nil
}

// Gibbs returns the recovery probability and the KL cost of the pointwise
// optimum (eq. 48, 49) at base recovery probability ρ_0 and tilt η, with u = e^η:
//
//	ρ* = ρ_0·u/Z = σ(logit ρ_0 + η),  KL = η·ρ* − log Z,  Z = 1 − ρ_0 + ρ_0·u
func Gibbs[E any](r field.Real[E], rho, eta, u E) (recovery, kl E, err error) {
	z := r.Add(r.FromInt(1), r.Mul(rho, r.Sub(u, r.FromInt(1))))
	if recovery, err = r.Quo(r.Mul(rho, u), z); err != nil {
		return recovery, kl, err
	}
	logZ, err := r.Log(z)
	if err != nil {
		return recovery, kl, err
	}
	return recovery, r.Sub(r.Mul(eta, recovery), logZ), nil
}
