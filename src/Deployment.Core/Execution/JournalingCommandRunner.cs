using System.Globalization;
using Deployment.Commands;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Journals what a step's commands start, so that whoever takes the run over can end it.</summary>
internal sealed class JournalingCommandRunner(ICommandRunner runner, RunJournal journal, string step) : ICommandRunner
{
    public Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken) =>
        runner.RunAsync(
            command,
            new CommandObserver
            {
                Line = observer?.Line,
                Started = async process =>
                {
                    await JournalAsync(process);
                    await (observer?.Started?.Invoke(process) ?? Task.CompletedTask);
                },
            },
            cancellationToken);

    public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => runner.EndAsync(process, grace, cancellationToken);

    private Task JournalAsync(CommandProcess process) => journal.AppendAsync(
        JournalEntryKind.CommandStarted,
        step,
        detail: new Dictionary<string, string>
        {
            [Detail.Host] = process.Host,
            [Detail.ProcessId] = process.ProcessId.ToString(CultureInfo.InvariantCulture),
            [Detail.StartTime] = process.StartTime.ToString(CultureInfo.InvariantCulture),
        });
}
