namespace Pier.Contracts.BuildKit;

/// <summary>The methods of a client's content stores, and the metadata that names a store.</summary>
public static class ContentPaths
{
    public const string Info = "/containerd.services.content.v1.Content/Info",
        Read = "/containerd.services.content.v1.Content/Read",
        Write = "/containerd.services.content.v1.Content/Write",
        StoreKey = "buildkit-attachable-store-id";
}
