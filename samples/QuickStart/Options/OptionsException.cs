namespace QuickStart.Options;

/// <summary>The command line can't be understood; the message says why.</summary>
internal sealed class OptionsException(string message) : Exception(message);
