package main

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is how far a command has come.
type progress struct {
	sync.Mutex
	done, total int
	bar         *progressbar.ProgressBar // nil where none is shown
	ended       bool
}

// tick is how often the time that has passed is shown.
const tick = 250 * time.Millisecond

// progress returns a count of steps, which a bar shows on a terminal with the time
// that is left. Before the first step, the time that has passed is shown.
func (c *console) progress(what string) *progress {
	p := new(progress)
	if c.interactive {
		p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(c.err), progressbar.OptionSetDescription(what),
			progressbar.OptionSetWidth(40), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetElapsedTime(true), progressbar.OptionSetSpinnerChangeInterval(0))
		go p.ticks()
	}
	return p
}

// ticks shows the time until the end.
func (p *progress) ticks() {
	for range time.Tick(tick) {
		p.Lock()
		if p.ended {
			p.Unlock()
			return
		}
		p.bar.RenderBlank()
		p.Unlock()
	}
}

func (p *progress) set(done, total int) {
	p.Lock()
	defer p.Unlock()
	if p.ended {
		return
	}
	p.done, p.total = done, total
	if p.bar != nil {
		p.bar.ChangeMax(total)
		p.bar.Set(done)
	}
}

// end clears the bar; what is reported later is ignored.
func (p *progress) end() {
	p.Lock()
	defer p.Unlock()
	p.ended = true
	if p.bar != nil {
		p.bar.Clear()
	}
}
