//go:build unix

package gate

import (
	"os"
	"os/exec"
	"syscall"
)

// errSystem is why no command can be asked here: there is no reason.
var errSystem error

// ownGroup makes the command the leader of a process group, which what it starts
// belongs to as well.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills what is left of the group of a process.
func killGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }
