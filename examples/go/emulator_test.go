package images

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// emulatorURL is where the one emulator of all tests is.
var emulatorURL = os.Getenv("IMS_URL")

// TestMain takes the emulator at IMS_URL, which runs on when the tests have ended, or starts one for them.
func TestMain(m *testing.M) { os.Exit(runWithEmulator(m)) }

func runWithEmulator(m *testing.M) int {
	if emulatorURL == "" {
		stop, err := startEmulator()
		if err != nil {
			fmt.Fprintln(os.Stderr, "no emulator, and IMS_URL does not say where one runs:", err)
			return 1
		}
		defer stop()
	}
	return m.Run()
}

// startEmulator runs the command ims-emulator, which says in one line of JSON when it is ready and where.
func startEmulator() (stop func(), err error) {
	command := exec.Command("ims-emulator", "start", "--port", "0", "--json")
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil {
		stop()
		return nil, fmt.Errorf("it ended before it was ready: %w", err)
	}
	var ready struct{ Endpoint string }
	if err := json.Unmarshal(line, &ready); err != nil {
		stop()
		return nil, fmt.Errorf("it said %q: %w", line, err)
	}
	emulatorURL = ready.Endpoint
	return stop, nil
}
