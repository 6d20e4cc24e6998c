using Pier.Engine.Specs;
using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    public Task<ContainerView> InspectAsync(string reference, bool size, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        var layout = parts.Store.Layout;
        var host = container.Record.HostConfig;
        var view = View(container, size) with
        {
            MaskedPaths = host.Privileged ? null : host.MaskedPaths ?? DefaultPaths.Masked,
            ReadonlyPaths = host.Privileged ? null : host.ReadonlyPaths ?? DefaultPaths.ReadOnly,
            LogPath = host.LogConfig!.Type == "json-file" ? layout.ContainerLog(container.Id) : "",
            HostnamePath = layout.ContainerHostname(container.Record.NamesOwner),
            HostsPath = layout.ContainerHosts(container.Record.NamesOwner),
            ResolvConfPath = layout.ContainerResolvConf(container.Record.NamesOwner),
            AppArmorProfile = AppArmorProfile(host),
            SnapshotData = parts.Store.Snapshots.Data(container.Id),
        };
        return Task.FromResult(view);
    }

    string AppArmorProfile(HostConfig host) =>
        !runtimeHost.AppArmor.Enabled
            ? ""
            : SecurityOptions.Parse(host.SecurityOpt).ProfileOf(host, runtimeHost.AppArmor.DefaultName) ?? "unconfined";

    ContainerView View(Container container, bool size)
    {
        var record = container.Record;
        var view = new ContainerView(
            record,
            container.ShownStatus,
            container.Pid,
            container.IsRunning ? record.Network : null,
            container.Execs.Ids
        )
        {
            Health = container.Health?.View,
        };
        if (!size)
            return view;
        var own = parts.Store.Snapshots.Usage(container.Id).FileBytes;
        return view with { SizeRw = own, SizeRootFs = own + (parts.Store.Images.Find(record.ImageId)?.Size ?? 0) };
    }
}
