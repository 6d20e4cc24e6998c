using Pier.Model.Builds;
using Pier.Store.Contexts;

namespace Pier.Engine.Builds.Sessions;

/// <summary>Hands what arrives to the store.</summary>
sealed class ContextReceiver(ContextUpdate update) : IDirectoryReceiver
{
    public bool Offer(FileEntry entry) => update.Offer(entry);

    public Stream OpenContent(FileEntry entry) => update.OpenContent(entry);
}
