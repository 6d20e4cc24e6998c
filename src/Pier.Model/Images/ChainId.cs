using System.Text;

namespace Pier.Model;

/// <summary>Names a stack of layers by what it contains (OCI image spec, config.md, "Layer ChainID").</summary>
public static class ChainId
{
    /// <summary>ChainID(L0) = L0; ChainID(L0|...|Ln) = Digest(ChainID(L0|...|Ln-1) + " " + Ln).</summary>
    public static Digest Of(Digest? parent, Digest diffId) =>
        parent is { } below ? Digest.Of(Encoding.ASCII.GetBytes($"{below} {diffId}")) : diffId;

    /// <summary>The chain ids of every prefix of a list of layers, base first; the last one names the whole.</summary>
    public static IReadOnlyList<Digest> Prefixes(IReadOnlyList<Digest> diffIds)
    {
        var chain = new Digest[diffIds.Count];
        for (var i = 0; i < chain.Length; i++)
            chain[i] = Of(i == 0 ? null : chain[i - 1], diffIds[i]);
        return chain;
    }
}
