namespace Pier.Model;

/// <summary>How an image is written down.</summary>
/// <param name="Compression">Of its layers; null leaves them as they are.</param>
/// <param name="DockerTypes">Docker's media types rather than OCI's.</param>
public sealed record ImageForm(LayerCompression? Compression = null, bool DockerTypes = false)
{
    /// <summary>What the form calls content that OCI or Docker has a media type for.</summary>
    public string TypeOf(string ociType) => DockerTypes ? MediaTypes.ToDocker(ociType) : MediaTypes.ToOci(ociType);
}
