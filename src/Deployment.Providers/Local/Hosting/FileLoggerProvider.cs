using System.Globalization;
using System.Runtime.InteropServices;
using Deployment.Providers.Local.Processes;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Providers.Local.Hosting;

/// <summary>Appends log lines to the file of a supervisor or a router. Whoever reads the folder reads them; nobody needs a console.</summary>
internal sealed class FileLoggerProvider(string path, TimeProvider timeProvider, long maxBytes = FileLoggerProvider.MaxBytes) : ILoggerProvider
{
    private const long MaxBytes = 16 * 1024 * 1024;
    private const int OlderFiles = 3;

    private readonly Lock _writing = new();
    private StreamWriter _file = Open(path);

    public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName);

    public void Dispose() => _file.Dispose();

    // FileMode.Append only begins at the end. The process's own standard error and its predecessor write here too.
    private static StreamWriter Open(string path)
    {
        int descriptor = Libc.Open(path, Libc.AppendFlags, 0b110_000_000);
        return descriptor >= 0
            ? new StreamWriter(new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0)) { AutoFlush = true }
            : throw new IOException($"The log '{path}' can't be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
    }

    private void Write(LogLevel level, string category, string message, Exception? error)
    {
        string time = timeProvider.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        lock (_writing)
        {
            _file.WriteLine($"{time} {level} {category}: {message}{(error is null ? "" : Environment.NewLine + error)}");
            if (_file.BaseStream.Length > maxBytes)
            {
                LogRotation.Begin(path, OlderFiles);
                _file.Dispose();
                _file = Open(path);
            }
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
