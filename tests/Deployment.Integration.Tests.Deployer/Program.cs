using System.Collections.Concurrent;
using Deployment.Store;
using Deployment.Testing;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>A host of a pipeline that does one thing and prints what came of it.</summary>
public static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        DeployerOptions options = DeployerOptions.Parse(arguments);
        var points = new ConcurrentQueue<string>();
        var process = new SimulatedProcess((number, where) => AtPoint(options, points, number, where));
        Answer answer;
        try
        {
            IReadOnlyList<RunAnswer> runs = options.Do == "race" ? await new Race(options).RunAsync() : await RunAsync(options, process);
            answer = new Answer { Runs = runs, Points = [.. points] };
        }
        catch (DeploymentException error)
        {
            answer = new Answer { ErrorType = error.GetType().Name, Error = error.Message, Points = [.. points] };
        }

        Console.WriteLine(answer.ToJson());
        return answer.Error is null ? 0 : 1;
    }

    private static async Task<IReadOnlyList<RunAnswer>> RunAsync(DeployerOptions options, SimulatedProcess process)
    {
        DeploymentPipeline pipeline = Composition.Compose(options, Composition.Store(options), process);
        switch (options.Do)
        {
            case "deploy":
                return [Of(await pipeline.DeployAsync(Composition.Release(options)))];
            case "resume":
                return [.. (await pipeline.ResumeAllAsync()).Select(Of)];
            case "roll-back":
                return [Of(await pipeline.RollBackAsync())];
            case "signal":
                await pipeline.SignalAsync(options.Run, await SignalAsync(options));
                return [];
            default:
                throw new DeploymentException($"This deployer can't '{options.Do}'.");
        }
    }

    private static async Task<Signal> SignalAsync(DeployerOptions options) => options.Signal switch
    {
        "abort" => Signal.Abort("ada", "Not today."),
        "approve" => Signal.Approve("ada", (await Composition.Store(options).FindRunAsync(options.Run, CancellationToken.None))!.RunbookHash!),
        _ => throw new DeploymentException($"This deployer sends no '{options.Signal}'."),
    };

    private static RunAnswer Of(DeploymentResult result) => new(result.RunId, result.Outcome, result.Reason);

    private static void AtPoint(DeployerOptions options, ConcurrentQueue<string> points, int number, string where)
    {
        points.Enqueue(where);
        if (number == options.DieAt || (options.DieWhere.Length > 0 && where.StartsWith(options.DieWhere, StringComparison.Ordinal)))
        {
            File.WriteAllText(new WorldFiles(options.World).Death, where);
            Signals.KillSelf();
        }

        if (number == options.FillAt)
        {
            FullDisk.Fill(options.Store!);
        }
    }
}
