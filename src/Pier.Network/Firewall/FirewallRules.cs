using System.Net;
using Pier.Linux.Nftables;
using static Pier.Network.Firewall.FirewallSets;

namespace Pier.Network.Firewall;

/// <summary>The static rules of the table. `nft list table inet pier-BRIDGE` shows them; a golden test holds them.</summary>
static class FirewallRules
{
    static readonly IPAddress Loopback = new([127, 0, 0, 0]);
    const int LoopbackPrefix = 8,
        WholeAddress6 = 128;

    /// <summary>Adds the chains, without the rules that they had before, and the rules.</summary>
    public static void Write(NftBatch batch, bool relayed)
    {
        batch
            .AddBaseChain("raw", NftChainType.Filter, NftHook.Prerouting, NftPriority.Raw)
            .AddBaseChain("prerouting", NftChainType.Nat, NftHook.Prerouting, NftPriority.DestinationNat)
            .AddBaseChain("output", NftChainType.Nat, NftHook.Output, NftPriority.DestinationNat)
            .AddBaseChain("postrouting", NftChainType.Nat, NftHook.Postrouting, NftPriority.SourceNat)
            .AddBaseChain("forward", NftChainType.Filter, NftHook.Forward, NftPriority.Filter)
            .FlushRules();
        WriteRaw(batch);
        WriteDestinations(batch, relayed);
        WriteSources(batch);
        WriteForward(batch);
    }

    /// <summary>Bridges route 127.0.0.0/8 (route_localnet) for published ports; nothing of it may come from a container.</summary>
    static void WriteRaw(NftBatch batch) =>
        batch
            .AddRule("raw", new NftRule().InputInterfaceIn(Devices).Destination(Loopback, LoopbackPrefix).End(NftVerdict.Drop))
            .AddRule("raw", new NftRule().InputInterfaceIn(Devices).Source(Loopback, LoopbackPrefix).End(NftVerdict.Drop));

    /// <summary>
    /// Published ports. What comes in for 127.0.0.0/8 from outside is not for us: it would be rewritten before the kernel's own check
    /// refuses it, and a port published on 127.0.0.1 would be open to the neighbourhood. From the host to ::1 the relay serves: the kernel
    /// takes no answer for ::1 from a device.
    /// </summary>
    static void WriteDestinations(NftBatch batch, bool relayed)
    {
        batch
            .AddRule("prerouting", new NftRule().Destination(Loopback, LoopbackPrefix).End(NftVerdict.Return))
            .AddRule("prerouting", new NftRule().Destination(IPAddress.IPv6Loopback, WholeAddress6).End(NftVerdict.Return));
        if (relayed)
            batch.AddRule("output", new NftRule().Destination(IPAddress.IPv6Loopback, WholeAddress6).End(NftVerdict.Return));
        foreach (var chain in (string[])["prerouting", "output"])
        {
            batch
                .AddRule(chain, new NftRule().DestinationIsLocal().TranslateDestination(ByAddress, byAddress: true))
                .AddRule(chain, new NftRule().DestinationIsLocal().TranslateDestination(AnyAddress, byAddress: false))
                .AddRule(chain, new NftRule().DestinationIsLocal().TranslateDestination(ByAddress6, byAddress: true))
                .AddRule(chain, new NftRule().DestinationIsLocal().TranslateDestination(AnyAddress6, byAddress: false));
        }
    }

    /// <summary>
    /// What leaves the bridges gets the host's address. What comes to a bridge through a published port from a container or from the
    /// host's loopback gets the bridge's, so that the answer finds its way.
    /// </summary>
    static void WriteSources(NftBatch batch) =>
        batch
            .AddRule("postrouting", new NftRule().OutputInterfaceNotIn(Devices).SourceIn(Masqueraded).Masquerade())
            .AddRule("postrouting", new NftRule().OutputInterfaceNotIn(Devices).SourceIn(Masqueraded6).Masquerade())
            .AddRule("postrouting", new NftRule().OutputInterfaceIn(Devices).IsDestinationTranslated().SourceIn(Subnets).Masquerade())
            .AddRule("postrouting", new NftRule().OutputInterfaceIn(Devices).IsDestinationTranslated().SourceIn(Subnets6).Masquerade())
            .AddRule(
                "postrouting",
                new NftRule().OutputInterfaceIn(Devices).IsDestinationTranslated().Source(Loopback, LoopbackPrefix).Masquerade()
            )
            .AddRule(
                "postrouting",
                new NftRule()
                    .OutputInterfaceIn(Devices)
                    .IsDestinationTranslated()
                    .Source(IPAddress.IPv6Loopback, WholeAddress6)
                    .Masquerade()
            );

    /// <summary>
    /// Neighbours reach each other; internal networks nobody else. The others reach out and are answered; from outside, and from one
    /// network to another, only published ports are open; and so are, between neighbours that are kept apart, the ports of links.
    /// </summary>
    static void WriteForward(NftBatch batch) =>
        batch
            .AddRule("forward", new NftRule().InterfacesIn(Open).End(NftVerdict.Accept))
            .AddRule("forward", new NftRule().InputInterfaceIn(Internal).End(NftVerdict.Drop))
            .AddRule("forward", new NftRule().OutputInterfaceIn(Internal).End(NftVerdict.Drop))
            .AddRule(
                "forward",
                new NftRule().OutputInterfaceIn(Devices).State(ConnectionState.Established | ConnectionState.Related).End(NftVerdict.Accept)
            )
            .AddRule("forward", new NftRule().OutputInterfaceIn(Devices).IsDestinationTranslated().End(NftVerdict.Accept))
            .AddRule("forward", new NftRule().InputInterfaceIn(Devices).OutputInterfaceIn(Devices).FlowIn(Links).End(NftVerdict.Accept))
            .AddRule("forward", new NftRule().OutputInterfaceIn(Devices).End(NftVerdict.Drop));
}
