using System.Diagnostics;

namespace Deployment.Api.Tests.Scripts;

/// <summary>Runs a program to its end, with a deadline, and gives what it wrote.</summary>
internal sealed record Shell(int ExitCode, string Output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    internal string LastLine => Output.TrimEnd('\n').Split('\n')[^1];

    internal static async Task<Shell> RunAsync(string folder, IReadOnlyDictionary<string, string>? variables, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };

        // What the test platform sets for this process must not reach the one under test, and servers of a build that
        // outlive it would keep the pipes open.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("VSTEST", StringComparison.Ordinal) || name.StartsWith("MSBUILD", StringComparison.Ordinal) || name is "CI").ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        // Each command of the SDK leaves two empty folders in the temporary one.
        string temporary = Directory.CreateTempSubdirectory("shell-").FullName;
        start.Environment["TMPDIR"] = temporary;
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new Shell(process.ExitCode, await error + await output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw new TimeoutException($"{program} did not end within {Patience}.");
        }
        finally
        {
            Delete(temporary);
        }
    }

    private static void Delete(string temporary)
    {
        try
        {
            Directory.Delete(temporary, recursive: true);
        }
        catch (IOException)
        {
            // What outlives the command writes there still; that must not hide how the command ended.
        }
    }
}
