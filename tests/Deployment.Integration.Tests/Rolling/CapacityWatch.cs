using System.Text.Json;

namespace Deployment.Integration.Tests.Rolling;

/// <summary>Reads again and again, in the table that the router follows, how many instances are in the rotation.</summary>
internal sealed class CapacityWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    internal CapacityWatch(string table)
    {
        _watching = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                using JsonDocument read = JsonDocument.Parse(await File.ReadAllBytesAsync(table, CancellationToken.None));
                int instances = read.RootElement.GetProperty("revisions").EnumerateObject().Sum(revision => revision.Value.GetProperty("ports").GetArrayLength());
                (Least, Most) = (Math.Min(Least, instances), Math.Max(Most, instances));
                await Task.Delay(Pause, CancellationToken.None);
            }
        });
    }

    internal int Least { get; private set; } = int.MaxValue;

    internal int Most { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }
}
