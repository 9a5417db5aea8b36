using Deployment.Commands;

namespace Deployment.Health;

/// <summary>Runs a command for each instance whose address it takes, or once when it takes none. Exit code 0 is well.</summary>
internal sealed class CommandProbe(Command command) : InstanceProbe
{
    internal const string Placeholder = "{address}";

    private bool TakesAddress => command.Arguments.Any(argument => argument.Contains(Placeholder, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override CheckDescription Describe(CheckSubject subject, TimeSpan timeout) =>
        new([CommandLine.Print(command, Quote)], "exit code 0");

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> PlacesAsync(CheckContext context, CancellationToken cancellationToken) =>
        TakesAddress ? await base.PlacesAsync(context, cancellationToken) : [""];

    /// <inheritdoc/>
    protected override async Task<string?> TryOneAsync(CheckContext context, string address, CancellationToken cancellationToken)
    {
        Command asked = command with { Arguments = [.. command.Arguments.Select(argument => argument.Replace(Placeholder, address, StringComparison.Ordinal))] };
        CommandResult result = await context.Commands.RunAsync(asked, null, cancellationToken);
        if (result.ExitCode == 0)
        {
            return null;
        }

        string printed = (result.Error.Length > 0 ? result.Error : result.Output).TrimEnd();
        return $"`{asked}` ended with exit code {result.ExitCode}.{(printed.Length > 0 ? $" It said: {HealthWording.OneLine(printed)}" : "")}";
    }

    private static string Quote(string argument) =>
        argument.Contains(Placeholder, StringComparison.Ordinal)
            ? string.Join("\"$ADDRESS\"", argument.Split(Placeholder).Select(part => part.Length == 0 ? "" : CommandLine.Quote(part)))
            : CommandLine.Quote(argument);
}
