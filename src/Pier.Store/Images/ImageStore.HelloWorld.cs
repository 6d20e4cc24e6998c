using Pier.Model;
using Pier.Store.HelloWorld;

namespace Pier.Store.Images;

public sealed partial class ImageStore
{
    /// <summary>The hello-world image that the binary embeds, brought into the store if that name is not there.</summary>
    public Image EnsureHelloWorld() =>
        Find(HelloWorldImage.Name.ToString())
        ?? WithLease(lease => Add(HelloWorldImage.Write(lease, Platform.Host.Architecture), HelloWorldImage.Name, lease));
}
