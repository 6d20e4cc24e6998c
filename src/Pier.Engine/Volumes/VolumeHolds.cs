namespace Pier.Engine.Volumes;

/// <summary>Volumes that a creation in progress will use: nobody removes them before its container is in the table.</summary>
sealed class VolumeHolds(VolumeTable table) : IDisposable
{
    readonly List<string> _names = [];

    public void Add(string name) => _names.Add(name);

    public void Dispose()
    {
        table.Release(_names);
        _names.Clear();
    }
}
