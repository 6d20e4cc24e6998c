using Pier.Model.Builds;
using Pier.Store.Contexts;

namespace Pier.Engine.Builds.Sessions;

/// <summary>A built tree as a session takes it.</summary>
public sealed class OutputSender : IDirectorySender, IDisposable
{
    readonly OutputTree _tree;

    internal OutputSender(OutputTree tree) => _tree = tree;

    public IEnumerable<FileEntry> Entries => _tree.Entries();

    public Stream OpenContent(FileEntry entry) => _tree.OpenContent(entry);

    public void Dispose() => _tree.Dispose();
}
