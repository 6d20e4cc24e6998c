using System.Net;
using Pier.Linux.Nftables;
using Pier.Network.Addressing;

namespace Pier.Network.Firewall;

/// <summary>The static rules of one bridge. `nft list table inet pier-BRIDGE` shows them; a golden test holds them.</summary>
sealed record FirewallRules(string Bridge, Subnet Subnet, bool Masquerade, bool InterContainer)
{
    static readonly IPAddress Loopback = new([127, 0, 0, 0]);
    const int LoopbackPrefix = 8;

    /// <summary>Adds the chains, without the rules that they had before, and the rules.</summary>
    public void Write(NftBatch batch, NftMap byAddress, NftMap anyAddress)
    {
        batch
            .AddBaseChain("raw", NftChainType.Filter, NftHook.Prerouting, NftPriority.Raw)
            .AddBaseChain("prerouting", NftChainType.Nat, NftHook.Prerouting, NftPriority.DestinationNat)
            .AddBaseChain("output", NftChainType.Nat, NftHook.Output, NftPriority.DestinationNat)
            .AddBaseChain("postrouting", NftChainType.Nat, NftHook.Postrouting, NftPriority.SourceNat)
            .AddBaseChain("forward", NftChainType.Filter, NftHook.Forward, NftPriority.Filter)
            .FlushRules();
        WriteRaw(batch);
        WriteDestinations(batch, byAddress, anyAddress);
        WriteSources(batch);
        WriteForward(batch);
    }

    /// <summary>The bridge routes 127.0.0.0/8 (route_localnet) for published ports; nothing of it may come from a container.</summary>
    void WriteRaw(NftBatch batch) => batch
        .AddRule("raw", new NftRule().InputInterface(Bridge).Destination(Loopback, LoopbackPrefix).End(NftVerdict.Drop))
        .AddRule("raw", new NftRule().InputInterface(Bridge).Source(Loopback, LoopbackPrefix).End(NftVerdict.Drop));

    /// <summary>
    /// Published ports. What comes in for 127.0.0.0/8 from outside is not for us: it would be rewritten before the kernel's own check
    /// refuses it, and a port published on 127.0.0.1 would be open to the neighbourhood.
    /// </summary>
    static void WriteDestinations(NftBatch batch, NftMap byAddress, NftMap anyAddress)
    {
        batch.AddRule("prerouting", new NftRule().Destination(Loopback, LoopbackPrefix).End(NftVerdict.Return));
        foreach (var chain in (string[])["prerouting", "output"])
        {
            batch
                .AddRule(chain, new NftRule().DestinationIsLocal().TranslateDestination(byAddress, byAddress: true))
                .AddRule(chain, new NftRule().DestinationIsLocal().TranslateDestination(anyAddress, byAddress: false));
        }
    }

    /// <summary>
    /// What leaves the bridge's subnet gets the host's address. What comes back to the bridge through a published port (a container that
    /// uses the host's address, a process of the host that uses 127.0.0.1) gets the bridge's, so that the answer finds its way.
    /// </summary>
    void WriteSources(NftBatch batch)
    {
        if (Masquerade)
            batch.AddRule("postrouting", new NftRule().Source(Subnet.Network, Subnet.PrefixLength).NotOutputInterface(Bridge).Masquerade());
        batch
            .AddRule("postrouting", new NftRule().OutputInterface(Bridge).Source(Subnet.Network, Subnet.PrefixLength).IsDestinationTranslated().Masquerade())
            .AddRule("postrouting", new NftRule().OutputInterface(Bridge).Source(Loopback, LoopbackPrefix).IsDestinationTranslated().Masquerade());
    }

    /// <summary>Containers reach out and are answered; from outside only published ports are open.</summary>
    void WriteForward(NftBatch batch)
    {
        batch
            .AddRule("forward", new NftRule().OutputInterface(Bridge).State(ConnectionState.Established | ConnectionState.Related).End(NftVerdict.Accept))
            .AddRule("forward", new NftRule().OutputInterface(Bridge).IsDestinationTranslated().End(NftVerdict.Accept))
            .AddRule("forward", new NftRule().InputInterface(Bridge).NotOutputInterface(Bridge).End(NftVerdict.Accept))
            .AddRule("forward", new NftRule().InputInterface(Bridge).OutputInterface(Bridge).End(InterContainer ? NftVerdict.Accept : NftVerdict.Drop))
            .AddRule("forward", new NftRule().OutputInterface(Bridge).End(NftVerdict.Drop));
    }
}
