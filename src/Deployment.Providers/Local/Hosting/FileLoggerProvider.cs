using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Deployment.Providers.Local.Processes;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Providers.Local.Hosting;

/// <summary>
/// Appends log lines to the file of a supervisor or a router. Whoever reads the folder reads them; nobody needs a console. Lines that can't be
/// written, as on a full disk, are dropped and counted: who logs is a timer or a keeper, and goes on with what it is there for.
/// </summary>
internal sealed class FileLoggerProvider(string path, TimeProvider timeProvider, long maxBytes = FileLoggerProvider.MaxBytes) : ILoggerProvider
{
    private const long MaxBytes = 16 * 1024 * 1024;
    private const int OlderFiles = 3;

    private readonly Lock _writing = new();
    private FileStream _file = Open(path);
    private long _dropped;

    public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName);

    public void Dispose() => _file.Dispose();

    // FileMode.Append only begins at the end. The process's own standard error and its predecessor write here too.
    private static FileStream Open(string path)
    {
        int descriptor = Libc.Open(path, Libc.AppendFlags, 0b110_000_000);
        return descriptor >= 0
            ? new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0)
            : throw new IOException($"The log '{path}' can't be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
    }

    private void Write(LogLevel level, string category, string message, Exception? error)
    {
        string time = timeProvider.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        lock (_writing)
        {
            try
            {
                string dropped = _dropped == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{time} Warning {category}: {_dropped} lines could not be written.{Environment.NewLine}");
                _file.Write(Encoding.UTF8.GetBytes($"{dropped}{time} {level} {category}: {message}{(error is null ? "" : Environment.NewLine + error)}{Environment.NewLine}"));
                _dropped = 0;
            }
            catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                _dropped++;
            }

            Rotate();
        }
    }

    private void Rotate()
    {
        try
        {
            if (_file.Length <= maxBytes)
            {
                return;
            }

            if (File.Exists(path))
            {
                LogRotation.Begin(path, OlderFiles);
            }

            // Where there is no new one the old one grows on, and the next line tries again.
            FileStream old = _file;
            _file = Open(path);
            old.Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Nobody could be told but this log. What was written stands.
        }
    }

    private sealed class FileLogger(FileLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, category, formatter(state, exception), exception);
            }
        }
    }
}
