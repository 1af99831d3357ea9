package gate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/go-json-experiment/json"

	"sounding/internal/strict"
	"sounding/model"
)

// What a process may do instead of replying.
var (
	ErrTimeout = errors.New("no reply in time")
	ErrSilent  = fmt.Errorf("%w since the start", ErrTimeout) // nor to any request before
	ErrExited  = errors.New("the solver exits without a reply")
	ErrFlood   = errors.New("a line that is too long")
)

// request is a line on the standard input of a solver.
type request struct {
	ID       uint64          `json:"id"`
	Instance *model.Instance `json:"instance"`
	Want     []Quantity      `json:"want"`
	N        int             `json:"n,omitzero"` // the least number of draws of an estimate
}

// Command says how to start a solver and how long it may take.
type Command struct {
	Args    []string      // the command and its arguments
	Timeout time.Duration // for each reply
	// Start is the time limit of the first reply, for a solver that takes long to
	// start; Timeout where that is longer. Once it is known how long the first reply
	// takes, a solver that is started again has that much more than Timeout.
	Start  time.Duration
	Want   []Quantity // what is asked for; nil stands for every quantity
	Stderr io.Writer  // where the solver's standard error goes
}

// Process is a [Solver] that runs a command. It is not safe for concurrent use.
//
// After anything but a reply the command is killed, with all processes of its
// group, and restarted for the next request.
type Process struct {
	command Command
	path    string
	id      uint64
	running *running // nil where none is
	// started is how long the first reply took; 0 where there has been none.
	started time.Duration
}

// running is one run of the command.
type running struct {
	cmd *exec.Cmd
	in  *os.File // its standard input
	out *os.File // its standard output
	// replied says that it has answered a request.
	replied bool
}

// grace is how long a command may take to leave once its input has ended, and how
// long its standard error is waited for once it has been killed.
const grace = time.Second

// New starts a command. Close the process when it is no longer needed.
func New(c Command) (*Process, error) {
	if errSystem != nil {
		return nil, errSystem
	}
	if len(c.Args) == 0 {
		return nil, errors.New("no command: want one that speaks " + Format)
	}
	if c.Timeout <= 0 {
		return nil, fmt.Errorf("time limit %v: want a positive one", c.Timeout)
	}
	if c.Want == nil {
		c.Want = Quantities()
	}
	path, err := exec.LookPath(c.Args[0])
	if err != nil {
		return nil, err
	}
	p := &Process{command: c, path: path}
	if p.running, err = p.start(); err != nil {
		return nil, err
	}
	return p, nil
}

// Solve sends one request and waits for its reply. The error wraps one of those of
// this package, or is the context's.
func (p *Process) Solve(ctx context.Context, in *model.Instance) (Solution, error) {
	reply, err := p.solve(ctx, request{Instance: in, Want: p.command.Want})
	if err != nil {
		return nil, err // and not a Solution that holds nil
	}
	return reply, nil
}

// redraw asks for a quantity with at least n draws.
func (p *Process) redraw(ctx context.Context, in *model.Instance, q Quantity, n int) (*Reply, error) {
	return p.solve(ctx, request{Instance: in, Want: []Quantity{q}, N: n})
}

func (p *Process) solve(ctx context.Context, r request) (reply *Reply, err error) {
	p.id++
	r.ID = p.id
	line, err := json.Marshal(r)
	if err != nil {
		panic("gate: " + err.Error()) // the generators make no instance that cannot be written
	}
	err = p.converse(ctx, line, func(answer []byte) (err error) {
		reply, err = ParseReply(answer, p.id, r.Instance.Length())
		return err
	})
	return reply, err
}

// converse sends a request and hands its reply to parse, whose error is why it cannot
// be used.
func (p *Process) converse(ctx context.Context, line []byte, parse func(answer []byte) error) (err error) {
	if p.running == nil {
		if p.running, err = p.start(); err != nil {
			return fmt.Errorf("the solver cannot be started: %w", err)
		}
	}
	limit, sent := p.limit(), time.Now()
	answer, err := p.running.exchange(ctx, append(line, '\n'), limit)
	if err == nil {
		p.running.replied = true
		if p.started == 0 {
			p.started = time.Since(sent)
		}
		if err = parse(answer); err == nil || errors.Is(err, ErrRefused) {
			return err
		}
	}
	leave := time.Duration(0)
	if errors.Is(err, ErrExited) {
		leave = grace // its output has ended; soon it shows how it does
	}
	state := p.stop(leave)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ErrExited) && state == nil:
		return fmt.Errorf("%w: it closes its standard output", err)
	case errors.Is(err, ErrExited):
		return fmt.Errorf("%w: %v", err, state)
	case errors.Is(err, ErrTimeout) && p.started == 0:
		return fmt.Errorf("%w (%v); does it flush its output after each line?", ErrSilent, err)
	}
	return err
}

// limit returns how long the next reply may take.
func (p *Process) limit() time.Duration {
	switch {
	case p.running.replied:
		return p.command.Timeout
	case p.started > 0:
		return p.command.Timeout + p.started.Round(10*time.Millisecond)
	}
	return max(p.command.Start, p.command.Timeout)
}

// Reset ends the command, which is restarted for the next request.
func (p *Process) Reset() { p.stop(0) }

// Close ends the standard input of the command, which asks it to leave, and kills
// it if it does not.
func (p *Process) Close() { p.stop(grace) }

func (p *Process) start() (*running, error) {
	inRead, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer inRead.Close()
	out, outWrite, err := os.Pipe()
	if err != nil {
		in.Close()
		return nil, err
	}
	defer outWrite.Close()
	cmd := &exec.Cmd{
		Path: p.path, Args: p.command.Args,
		Stdin: inRead, Stdout: outWrite, Stderr: p.command.Stderr,
		WaitDelay: grace,
	}
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	return &running{cmd: cmd, in: in, out: out}, nil
}

// stop ends the run, if there is one. The command has the given time to leave by
// itself; how it left is returned, nil where it had to be killed.
func (p *Process) stop(leave time.Duration) *os.ProcessState {
	r := p.running
	if r == nil {
		return nil
	}
	p.running = nil
	r.in.Close()
	r.out.Close()
	gone := make(chan struct{})
	go func() {
		r.cmd.Wait() // how it ended is in the state
		close(gone)
	}()
	left := false
	if leave > 0 {
		select {
		case <-gone:
			left = true
		case <-time.After(leave):
		}
	}
	killGroup(r.cmd.Process) // what the command has started may outlive it
	<-gone
	if !left {
		return nil
	}
	return r.cmd.ProcessState
}

// exchange sends a line and returns the one that comes back, without its end.
func (r *running) exchange(ctx context.Context, line []byte, timeout time.Duration) ([]byte, error) {
	limit := time.Now().Add(timeout)
	if err := errors.Join(r.in.SetWriteDeadline(limit), r.out.SetReadDeadline(limit)); err != nil {
		return nil, fmt.Errorf("no time limits on this system: %w", err)
	}
	defer context.AfterFunc(ctx, func() {
		r.in.SetWriteDeadline(time.Unix(1, 0))
		r.out.SetReadDeadline(time.Unix(1, 0))
	})()
	if _, err := r.in.Write(line); errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, fmt.Errorf("%w: the request is not read within %v", ErrTimeout, timeout)
	} // any other error is that the solver is gone, which its output shows
	var reply []byte
	chunk := make([]byte, 4096)
	for {
		n, err := r.out.Read(chunk)
		before := len(reply)
		reply = append(reply, chunk[:n]...)
		if end := bytes.IndexByte(reply[before:], '\n'); end >= 0 {
			end += before
			if more := reply[end+1:]; len(more) > 0 {
				return nil, fmt.Errorf("%w: more than one line for one request, the second begins with %s", ErrReply, strict.Quote(more))
			}
			return reply[:end], nil
		}
		switch {
		case len(reply) > maxLine:
			return nil, fmt.Errorf("%w: more than %d bytes, the first are %s", ErrFlood, maxLine, strict.Quote(reply))
		case errors.Is(err, os.ErrDeadlineExceeded) && len(reply) > 0:
			return nil, fmt.Errorf("%w: %v after the request there is a part of a line, %s", ErrTimeout, timeout, strict.Quote(reply))
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, fmt.Errorf("%w: none within %v", ErrTimeout, timeout)
		case err != nil && len(reply) > 0:
			return nil, fmt.Errorf("%w, in the middle of a line, %s", ErrExited, strict.Quote(reply))
		case err != nil:
			return nil, ErrExited
		}
	}
}
