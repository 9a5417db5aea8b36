using System.Globalization;
using Deployment.Commands;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Marks what a step's commands start and journals it, so that whoever takes the run over can end it.</summary>
internal sealed class JournalingCommandRunner(ActiveRun run, string step) : ICommandRunner
{
    public Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken)
    {
        string mark = CommandMark.Of(run.Record.Id, step, run.Lease.Epoch, run.NextCommand());
        return run.Services.Commands.RunAsync(
            command,
            new CommandObserver
            {
                Mark = mark,
                Line = observer?.Line,
                Started = async process =>
                {
                    await JournalAsync(process, mark);
                    await (observer?.Started?.Invoke(process) ?? Task.CompletedTask);
                },
            },
            cancellationToken);
    }

    public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => run.Services.Commands.EndAsync(process, grace, cancellationToken);

    private Task JournalAsync(CommandProcess process, string mark) => run.Journal.AppendAsync(
        JournalEntryKind.CommandStarted,
        step,
        detail: new Dictionary<string, string>
        {
            [Detail.Host] = process.Host,
            [Detail.ProcessId] = process.ProcessId.ToString(CultureInfo.InvariantCulture),
            [Detail.StartTime] = process.StartTime.ToString(CultureInfo.InvariantCulture),
            [Detail.Mark] = mark,
        });
}
