//go:build race

package model_test

// raceDetector tells that time and memory are the race detector's, not the
// reader's.
const raceDetector = true
