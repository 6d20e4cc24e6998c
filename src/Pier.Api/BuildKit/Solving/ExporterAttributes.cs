using System.Globalization;
using Pier.Contracts.Grpc;
using Pier.Model.Builds;
using Pier.Model.Notation;

namespace Pier.Api.BuildKit.Solving;

/// <summary>An exporter's attributes while they are read. Those that nobody asked for are unknown: they are taken, and told of.</summary>
sealed class ExporterAttributes(ExporterChoice exporter)
{
    readonly SortedSet<string> _unread = new(exporter.Options.Keys, StringComparer.Ordinal);

    public string Type => exporter.Type;

    public IEnumerable<string> Unknown => _unread;

    /// <summary>An attribute's value; null when it is not there.</summary>
    public string? Text(string key)
    {
        _unread.Remove(key);
        return exporter.Options.GetValueOrDefault(key);
    }

    /// <summary>As Go reads a boolean; without a value it is set. Null when it is not there.</summary>
    public bool? Flag(string key) =>
        Text(key) switch
        {
            null => null,
            "" => true,
            var text => GoBool.Parse(text)
                ?? throw new GrpcException(GrpcCode.InvalidArgument, $"non-bool value specified for {key}: \"{text}\""),
        };

    /// <summary>What Pier cannot do, when it is asked for.</summary>
    public void Refuse(string key, string why)
    {
        if (Flag(key) == true)
            throw new GrpcException(GrpcCode.Unimplemented, $"{key} of the exporter \"{Type}\" is not supported: {why}");
    }

    /// <summary>source-date-epoch: seconds since 1970; null when it is not there or empty.</summary>
    public DateTimeOffset? Date()
    {
        const string Key = "source-date-epoch";
        if (Text(Key) is not { Length: > 0 } text)
            return null;
        try
        {
            return DateTimeOffset.FromUnixTimeSeconds(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new GrpcException(GrpcCode.InvalidArgument, $"invalid {Key}: \"{text}\" is no number of seconds");
        }
    }

    public ImageNotes Notes()
    {
        var notes = new List<ImageNote>();
        foreach (var (key, value) in exporter.Options)
        {
            if (ImageNotes.Parse(key, value) is not { } note)
                continue;
            _unread.Remove(key);
            notes.Add(note);
        }
        return notes.Count > 0 ? new ImageNotes(notes) : ImageNotes.None;
    }
}
