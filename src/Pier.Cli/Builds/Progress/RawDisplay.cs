using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Pier.Contracts.BuildKit.Control;

namespace Pier.Cli.Builds.Progress;

/// <summary>Every status message as a line of JSON, in BuildKit's names, for programs.</summary>
sealed class RawDisplay(Stream target) : IBuildDisplay
{
    public void Show(StatusResponse status)
    {
        using (var json = new Utf8JsonWriter(target))
        {
            json.WriteStartObject();
            Each(json, "vertexes", status.Vertexes, Write);
            Each(json, "statuses", status.Statuses, Write);
            Each(json, "logs", status.Logs, Write);
            Each(json, "warnings", status.Warnings, Write);
            json.WriteEndObject();
        }
        target.Write("\n"u8);
        target.Flush();
    }

    public void End() { }

    static void Write(Utf8JsonWriter json, Vertex vertex)
    {
        json.WriteString("digest", vertex.Digest);
        if (vertex.Inputs.Count > 0)
        {
            json.WriteStartArray("inputs");
            foreach (var input in vertex.Inputs)
                json.WriteStringValue(input);
            json.WriteEndArray();
        }
        json.WriteString("name", vertex.Name);
        Time(json, "started", vertex.Started);
        Time(json, "completed", vertex.Completed);
        if (vertex.Cached)
            json.WriteBoolean("cached", true);
        if (vertex.Error.Length > 0)
            json.WriteString("error", vertex.Error);
    }

    static void Write(Utf8JsonWriter json, VertexStatus counter)
    {
        json.WriteString("id", counter.ID);
        json.WriteString("vertex", counter.Vertex);
        if (counter.Total > 0)
            json.WriteNumber("total", counter.Total);
        json.WriteNumber("current", counter.Current);
        Time(json, "timestamp", counter.Timestamp);
        Time(json, "started", counter.Started);
        Time(json, "completed", counter.Completed);
    }

    static void Write(Utf8JsonWriter json, VertexLog log)
    {
        json.WriteString("vertex", log.Vertex);
        json.WriteNumber("stream", log.Stream);
        json.WriteBase64String("data", log.Msg.Span);
        Time(json, "timestamp", log.Timestamp);
    }

    static void Write(Utf8JsonWriter json, VertexWarning warning)
    {
        json.WriteString("vertex", warning.Vertex);
        json.WriteNumber("level", warning.Level);
        json.WriteBase64String("short", warning.Short.Span);
    }

    static void Each<T>(Utf8JsonWriter json, string name, IReadOnlyCollection<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void Time(Utf8JsonWriter json, string name, Timestamp? time)
    {
        if (time is not null)
            json.WriteString(name, time.ToDateTimeOffset());
    }
}
