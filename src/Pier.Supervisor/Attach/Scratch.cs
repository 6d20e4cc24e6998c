namespace Pier.Supervisor.Attach;

/// <summary>Buffers of the loop's thread, used within one call.</summary>
sealed class Scratch
{
    const int InputSize = 32 << 10,
        MaxKeys = 256;

    /// <summary>Input of an attached client.</summary>
    public byte[] Input { get; } = new byte[InputSize];

    /// <summary>The same after detach keys were looked for; some held-back bytes may come in addition.</summary>
    public byte[] Typed { get; } = new byte[InputSize + MaxKeys];

    /// <summary>A frame with its header.</summary>
    public byte[] Frame { get; } = new byte[(32 << 10) + 8];

    /// <summary>Output that goes to no log.</summary>
    public byte[] Output { get; } = new byte[64 << 10];
}
