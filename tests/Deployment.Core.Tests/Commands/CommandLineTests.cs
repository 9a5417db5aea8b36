using Deployment.Commands;

namespace Deployment.Tests.Commands;

public sealed class CommandLineTests
{
    [Test]
    [Category("Local")]
    public async Task Print_AnyArguments_AShellReadsTheSame()
    {
        var random = new Random(20_26);
        string[] pieces = ["'", "\"", "\n", "$(id)", "`id`", "$HOME", "\\", " ", "-n", "--", "*", "?", "~", "#", "!", "&&", ";", "|", "a", "é", "🚀", "\t", "=", "{a,b}", ""];
        string[] arguments = [.. Enumerable.Range(0, 1000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)])))];
        var runner = new CommandRunner(TimeProvider.System);

        foreach (string[] chunk in arguments.Chunk(100))
        {
            Command direct = Command.Of("printf", ["%s\\0", .. chunk]);
            CommandResult pasted = await runner.RunAsync(Command.Of("sh", "-c", direct.ToString()), null, CancellationToken.None).InTimeAsync();

            pasted.Output.Should().Be(string.Concat(chunk.Select(argument => argument + "\0")));
        }
    }

    [Test]
    [Category("Local")]
    public async Task Print_FolderAndVariables_AShellDoesTheSame()
    {
        using var folder = new TestFolder();
        string inside = Directory.CreateDirectory(folder.File("it's $(here)")).FullName;
        Command command = Command.Of("sh", "-c", "pwd; printf %s \"$GREETING\"") with
        {
            WorkingFolder = inside,
            Environment = new Dictionary<string, string> { ["GREETING"] = "it's \"you\"\n" },
        };
        var runner = new CommandRunner(TimeProvider.System);

        CommandResult direct = await runner.RunAsync(command, null, CancellationToken.None).InTimeAsync();
        CommandResult pasted = await runner.RunAsync(Command.Of("sh", "-c", command.ToString()), null, CancellationToken.None).InTimeAsync();

        direct.Output.Should().Be($"{inside}\nit's \"you\"\n");
        pasted.Output.Should().Be(direct.Output);
    }
}
