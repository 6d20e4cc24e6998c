namespace Pier.Model.Builds;

/// <summary>How an image is to be written down, whoever takes it then.</summary>
public sealed record ImageOutput
{
    /// <summary>As it is fastest: layers as the build made them, OCI's media types, nothing noted.</summary>
    public static ImageOutput Plain { get; } = new();

    public ImageForm Form { get; init; } = new();
    public ImageNotes Notes { get; init; } = ImageNotes.None;

    /// <summary>No time in configuration and history is later; null leaves the word to the build's SOURCE_DATE_EPOCH.</summary>
    public DateTimeOffset? SourceDate { get; init; }

    /// <summary>Whether it asks for nothing but the fastest.</summary>
    public bool IsPlain => Form == Plain.Form && Notes.IsEmpty && SourceDate is null;
}
