using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Hosting;

/// <summary>Appends log lines to the file of a supervisor or a router. Whoever reads the folder reads them; nobody needs a console.</summary>
internal sealed class FileLoggerProvider(string path, TimeProvider timeProvider) : ILoggerProvider
{
    private readonly Lock _writing = new();
    private readonly StreamWriter _file = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };

    public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName);

    public void Dispose() => _file.Dispose();

    private void Write(LogLevel level, string category, string message, Exception? error)
    {
        string time = timeProvider.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        lock (_writing)
        {
            _file.WriteLine($"{time} {level} {category}: {message}{(error is null ? "" : Environment.NewLine + error)}");
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
