using System.Globalization;
using System.Text;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>What effects leave outside of store and target, so that a test can compare it with the journal.</summary>
public sealed class WorldFiles(string folder)
{
    public string Store { get; } = Path.Combine(folder, "store");

    public string Local { get; } = Path.Combine(folder, "l");

    /// <summary>Where the last process died.</summary>
    public string Death { get; } = Path.Combine(folder, "death");

    /// <summary>Written when a process is about to stop itself.</summary>
    public string Stopped { get; } = Path.Combine(folder, "stopped");

    /// <summary>What became of the effect after which the process went on.</summary>
    public string Late { get; } = Path.Combine(folder, "late");

    private string Effects { get; } = Path.Combine(folder, "effects");

    private string Announcements { get; } = Path.Combine(folder, "announcements");

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Notes that an effect begins, or was done.</summary>
    public void Note(string what, string verb, EffectContext context) => Append(
        Effects,
        string.Create(CultureInfo.InvariantCulture, $"{what}\t{verb}\t{context.RunId}\t{context.StepId}\t{context.Epoch}\t{Now}"));

    public IReadOnlyList<EffectNote> NotesOf(string runId) =>
        [.. Lines(Effects).Select(EffectNote.Parse).Where(note => note.Run == runId)];

    /// <summary>What can't be taken back and must not be said twice.</summary>
    public void Announce(string runId) => Append(Announcements, runId);

    public int AnnouncementsOf(string runId) => Lines(Announcements).Count(line => line == runId);

    public string MarkOf(string runId) => Path.Combine(folder, "mark-" + runId);

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    private static void Append(string path, string line)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }
}
