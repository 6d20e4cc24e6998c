using System.Collections.Concurrent;
using Pier.Engine.Plugins;
using Pier.Model;

namespace Pier.Engine.Volumes.Drivers;

/// <summary>The drivers by name: "local", and plugins as they are first asked for.</summary>
sealed class VolumeDrivers(LocalDriver local, PluginDirectory plugins)
{
    const string Kind = "VolumeDriver";

    readonly ConcurrentDictionary<string, PluginDriver> _active = new();

    public LocalDriver Local => local;

    /// <summary>The driver of a name ("" is local); throws Docker's text where there is none.</summary>
    public IVolumeDriver Get(string name)
    {
        if (name is "" or LocalDriver.DriverName)
            return local;
        if (_active.TryGetValue(name, out var active))
            return active;
        if (plugins.Find(name) is not { } address)
            throw new NotFoundException($"error looking up volume plugin {name}: plugin \"{name}\" not found");
        var client = PluginClient.Activate(address);
        if (client.Implements.Contains(Kind))
            return _active.GetOrAdd(name, new PluginDriver(name, client));
        client.Dispose();
        throw new NotFoundException($"error looking up volume plugin {name}: plugin \"{name}\" does not implement the requested interface");
    }

    /// <summary>The drivers that have been used, local first; nobody is asked for it.</summary>
    public IReadOnlyList<string> Names() => [local.Name, .. _active.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The plugins that answer now.</summary>
    public IEnumerable<IVolumeDriver> Plugins()
    {
        foreach (var name in plugins.Names())
        {
            IVolumeDriver driver;
            try
            {
                driver = Get(name);
            }
            catch (EngineException)
            {
                // Its socket is a leftover, or it is a plugin of another kind.
                continue;
            }
            yield return driver;
        }
    }
}
