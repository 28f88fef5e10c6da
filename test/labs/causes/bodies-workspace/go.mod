module example.invalid/feed

go 1.19
