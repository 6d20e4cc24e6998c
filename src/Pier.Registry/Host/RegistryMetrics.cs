using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Pier.Registry.Http;

namespace Pier.Registry.Host;

/// <summary>Counters of a registry, written in Prometheus' text format (exposition format 0.0.4).</summary>
sealed class RegistryMetrics(TimeProvider time)
{
    static readonly double[] Bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10];

    readonly ConcurrentDictionary<(string Method, Resource Resource, int Status), long> _requests = [];
    readonly long[] _buckets = new long[Bounds.Length + 1];
    long _inFlight,
        _microseconds,
        _received,
        _sent,
        _collected,
        _collectedBytes,
        _upstream;

    public long Begin()
    {
        Interlocked.Increment(ref _inFlight);
        return time.GetTimestamp();
    }

    public void End(long began, string method, Resource resource, int status)
    {
        var took = time.GetElapsedTime(began);
        Interlocked.Decrement(ref _inFlight);
        Interlocked.Add(ref _microseconds, (long)took.TotalMicroseconds);
        var bucket = Array.FindIndex(Bounds, b => took.TotalSeconds <= b);
        Interlocked.Increment(ref _buckets[bucket < 0 ? Bounds.Length : bucket]);
        _requests.AddOrUpdate((Known(method), resource, status), 1, (_, n) => n + 1);
    }

    public void Received(long bytes) => Interlocked.Add(ref _received, bytes);

    public void Sent(long bytes) => Interlocked.Add(ref _sent, bytes);

    public void FetchedUpstream() => Interlocked.Increment(ref _upstream);

    public void Collected(int blobs, long bytes)
    {
        Interlocked.Add(ref _collected, blobs);
        Interlocked.Add(ref _collectedBytes, bytes);
    }

    public string Text()
    {
        var text = new StringBuilder();
        Head(text, "pier_registry_http_requests_total", "counter", "Requests answered.");
        var sorted = _requests.OrderBy(r => r.Key.Resource).ThenBy(r => r.Key.Method, StringComparer.Ordinal).ThenBy(r => r.Key.Status);
        foreach (var ((method, resource, status), count) in sorted)
        {
            var labels = $"method=\"{method}\",handler=\"{resource.ToString().ToLowerInvariant()}\",code=\"{status}\"";
            Line(text, $"pier_registry_http_requests_total{{{labels}}}", count);
        }
        Histogram(text);
        Single(text, "pier_registry_http_in_flight_requests", "gauge", "Requests being answered now.", _inFlight);
        Single(text, "pier_registry_blob_received_bytes_total", "counter", "Bytes of uploads received.", _received);
        Single(text, "pier_registry_blob_sent_bytes_total", "counter", "Bytes of blobs sent.", _sent);
        Single(text, "pier_registry_collected_blobs_total", "counter", "Blobs that garbage collection deleted.", _collected);
        Single(text, "pier_registry_collected_bytes_total", "counter", "Bytes that garbage collection freed.", _collectedBytes);
        Single(
            text,
            "pier_registry_upstream_fetches_total",
            "counter",
            "Manifests and blobs fetched from the upstream registry.",
            _upstream
        );
        return text.ToString();
    }

    void Histogram(StringBuilder text)
    {
        const string name = "pier_registry_http_request_duration_seconds";
        Head(text, name, "histogram", "How long requests took.");
        long total = 0;
        for (var i = 0; i < _buckets.Length; i++)
        {
            total += Interlocked.Read(ref _buckets[i]);
            Line(text, $"{name}_bucket{{le=\"{(i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf")}\"}}", total);
        }
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum {Interlocked.Read(ref _microseconds) / 1e6}\n");
        Line(text, name + "_count", total);
    }

    // A client's invented method must not become a label of its own.
    static string Known(string method) =>
        method is "GET" or "HEAD" or "PUT" or "POST" or "PATCH" or "DELETE" ? method.ToLowerInvariant() : "other";

    static void Single(StringBuilder text, string name, string type, string help, long value)
    {
        Head(text, name, type, help);
        Line(text, name, value);
    }

    static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    static void Line(StringBuilder text, string name, long value) => text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
}
