using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pier.Model;

/// <summary>JSON of image documents, generated at compile time. Text is written plainly, as other engines write it.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Descriptor))]
[JsonSerializable(typeof(Platform))]
[JsonSerializable(typeof(ImageManifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(ImageConfig))]
[JsonSerializable(typeof(ImageLayoutMark))]
[JsonSerializable(typeof(ImageDocumentProbe))]
[JsonSerializable(typeof(DockerArchiveEntry[]))]
public sealed partial class ImageJson : JsonSerializerContext
{
    /// <summary>The instance that writes plainly. Depth is bounded, so a nested bomb is an error and no stack overflow.</summary>
    public static ImageJson Plain { get; } =
        new(
            new JsonSerializerOptions
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
                MaxDepth = 32,
            }
        );
}
