using System.Collections.Concurrent;

namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>What writers remember of their writes. Rows count their writes, so that the order of writes to one row is known.</summary>
internal sealed class LoadLedger
{
    private readonly ConcurrentDictionary<(long Id, long Version), long> _writes = [];
    private readonly ConcurrentQueue<(string Who, long Id, long Version, long? Value)> _reads = [];
    private readonly ConcurrentQueue<string> _failures = [];
    private long _operations;
    private long _values;
    private long _lastId;

    internal long Operations => Interlocked.Read(ref _operations);

    internal long LastId => Interlocked.Read(ref _lastId);

    internal int Writes => _writes.Count;

    internal int Reads => _reads.Count;

    internal IReadOnlyCollection<string> Failures => _failures;

    internal long NextValue() => Interlocked.Increment(ref _values);

    internal long NextId() => Interlocked.Increment(ref _lastId);

    internal void Wrote(long id, long version, long value)
    {
        if (!_writes.TryAdd((id, version), value))
        {
            _failures.Enqueue($"Row {id} had its write {version} twice.");
        }

        Interlocked.Increment(ref _operations);
    }

    internal void Read(string who, long id, long version, long? value)
    {
        _reads.Enqueue((who, id, version, value));
        Interlocked.Increment(ref _operations);
    }

    internal void Failed(string who, Exception error) => _failures.Enqueue($"{who}: {error.Message}");

    /// <summary>What was read at any moment and isn't what was written last before.</summary>
    internal IReadOnlyList<string> WrongReads() => [.. _reads.Where(read => _writes.TryGetValue((read.Id, read.Version), out long value) && value != read.Value).Select(read => $"{read.Who} read {read.Value?.ToString() ?? "nothing"} in row {read.Id}, whose write {read.Version} was {_writes[(read.Id, read.Version)]}.")];

    /// <summary>Writes that don't stand in a column at the end.</summary>
    internal IReadOnlyList<string> Lost(string side, IReadOnlyDictionary<long, (long Version, long? Value)> rows)
    {
        List<string> lost = [];
        foreach (IGrouping<long, KeyValuePair<(long Id, long Version), long>> writes in _writes.GroupBy(write => write.Key.Id))
        {
            KeyValuePair<(long Id, long Version), long> last = writes.MaxBy(write => write.Key.Version);
            if (!rows.TryGetValue(writes.Key, out (long Version, long? Value) row) || row.Version != last.Key.Version || row.Value != last.Value)
            {
                lost.Add($"Row {writes.Key}: its last write {last.Key.Version} was {last.Value}, and {side} has {row.Value?.ToString() ?? "nothing"} of write {row.Version}.");
            }
        }

        return lost;
    }
}
