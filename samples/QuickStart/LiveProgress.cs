using System.Globalization;
using Deployment.Store;
using QuickStart.Load;

namespace QuickStart;

/// <summary>
/// Shows journal entries as they become durable and, under them, one live line about the load.
/// Where output is redirected there are plain lines only, and the load has one each second.
/// </summary>
internal sealed class LiveProgress : IProgress<JournalEntry>
{
    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private readonly Lock _lock = new();
    private string _live = "";

    public void Report(JournalEntry value)
    {
        string step = value.Step is { Length: > 0 } id ? $"{id}: " : "";
        Write(string.Create(CultureInfo.InvariantCulture, $"  {value.At.ToLocalTime():HH:mm:ss.fff} {value.Kind,-15} {step}{value.Text}"));
    }

    public void Write(string line)
    {
        lock (_lock)
        {
            Erase();
            Console.WriteLine(line);
            Console.Write(_live);
        }
    }

    /// <summary>Shows the load until what is returned is disposed.</summary>
    public IAsyncDisposable Watch(LoadGenerator load)
    {
        var meter = new RateMeter(load);
        var interval = TimeSpan.FromSeconds(_isTerminal ? 0.25 : 1);
        return new Watching(TimeProvider.System.CreateTimer(_ => Show(meter), null, interval, interval), Clear);
    }

    private void Show(RateMeter meter)
    {
        lock (_lock)
        {
            string rates = "  " + meter.Read();
            if (!_isTerminal)
            {
                Console.WriteLine(rates);
                return;
            }

            Erase();
            // A line that wraps could not be erased.
            _live = rates.Length < Console.BufferWidth ? rates : rates[..Math.Max(0, Console.BufferWidth - 1)];
            Console.Write(_live);
        }
    }

    private void Clear()
    {
        lock (_lock)
        {
            Erase();
            _live = "";
        }
    }

    private void Erase()
    {
        if (_live.Length > 0)
        {
            Console.Write($"\r{new string(' ', _live.Length)}\r");
        }
    }

    private sealed class Watching(ITimer timer, Action clear) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync();
            clear();
        }
    }
}
