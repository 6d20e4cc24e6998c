namespace Pier.Runtime.Compile;

/// <summary>A compiled filter: flags of seccomp(2) and struct sock_filter instructions of 8 bytes each.</summary>
public sealed record SeccompProgram(uint Flags, ReadOnlyMemory<byte> Instructions);
