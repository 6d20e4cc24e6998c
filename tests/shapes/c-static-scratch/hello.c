/* No C library: two system calls (x86-64). */
static long call(long number, long a, const void *b, long c)
{
    long result;
    __asm__ volatile ("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

void _start(void)
{
    call(1, 1, "static\n", 7);
    call(60, 0, 0, 0);
}
