namespace Pier.Supervisor;

/// <summary>
/// Standard streams of a process. With <paramref name="Tty"/> all three are one pseudoterminal of that size; otherwise stdout and stderr
/// are pipes, and stdin is a
/// pipe (<paramref name="OpenStdin"/>) or /dev/null. <paramref name="StdinOnce"/>: stdin ends when the first attached client's input does.
/// </summary>
public sealed record ProcessStdio(bool Tty = false, bool OpenStdin = false, bool StdinOnce = false, int Rows = 0, int Columns = 0);
