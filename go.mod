module sounding

go 1.26
