// Counts what the calling thread allocates. Linked into Bench alone: it stands in front of malloc.
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

// Allocations of this thread since it started; -1 where they cannot be counted (Linux with glibc only).
long callocations_of_this_thread(void);

#endif
