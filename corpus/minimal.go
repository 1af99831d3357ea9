package corpus

import "encoding/binary"

// minimal returns the automaton with equivalent states merged (Moore): those from which
// the same sequences lead to harm. States are numbered by their first.
func (m *automaton) minimal() *automaton {
	class := make([]int32, m.states())
	for q, harmful := range m.harm {
		if harmful != m.harm[0] {
			class[q] = 1
		}
	}
	for count := 1; ; {
		index := make(map[string]int32)
		finer := make([]int32, len(class))
		key := make([]byte, 0, 4*(m.width+1))
		for q := range class {
			key = binary.LittleEndian.AppendUint32(key[:0], uint32(class[q]))
			for _, to := range m.next[q*m.width : (q+1)*m.width] {
				key = binary.LittleEndian.AppendUint32(key, uint32(class[to]))
			}
			i, ok := index[string(key)]
			if !ok {
				i = int32(len(index))
				index[string(key)] = i
			}
			finer[q] = i
		}
		class = finer
		if len(index) == count {
			break
		}
		count = len(index)
	}
	small := &automaton{class: m.class, width: m.width, within: m.within, verdict: [2]int32{class[m.verdict[0]], class[m.verdict[1]]}}
	for q, c := range class {
		if int(c) < small.states() {
			continue
		}
		small.harm = append(small.harm, m.harm[q])
		for _, to := range m.next[q*m.width : (q+1)*m.width] {
			small.next = append(small.next, class[to])
		}
	}
	return small
}
