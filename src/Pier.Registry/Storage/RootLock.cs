using Pier.Model;

namespace Pier.Registry.Storage;

/// <summary>One server a tree: .NET's exclusive opening is flock(2), which the kernel gives back however the process ends.</summary>
static class RootLock
{
    /// <summary>Takes the lock or throws <see cref="ConflictException"/>.</summary>
    public static FileStream Take(string root)
    {
        try
        {
            return new FileStream(Path.Combine(root, RegistryLayout.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new ConflictException($"another registry is already using {root}", e);
        }
    }
}
