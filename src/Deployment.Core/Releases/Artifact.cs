namespace Deployment.Releases;

/// <summary>
/// What is installed. A target takes the kinds that it knows and refuses the others at planning.
/// </summary>
public sealed record Artifact
{
    /// <summary>The kind, such as <c>process</c>. Targets document the kinds that they take.</summary>
    public required string Kind { get; init; }

    /// <summary>Where the content is: for a process the folder it runs in, absolute once observed; for an image its reference. Null when there is none.</summary>
    public string? Location { get; init; }

    /// <summary>The command line for a process: program first, each argument an element. For an image what it runs in place of its own; empty for its own. Never read by a shell.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>A folder or an archive that the target unpacks into a folder of the revision's own, absolute; null when there is nothing to unpack.</summary>
    public string? Package { get; init; }

    /// <summary>The SHA-256 that the archive must have, as hexadecimal digits; null not to check. For an image its digest, null until it is known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>A process: a program with its arguments, where <c>{port}</c> stands for the port that it must listen on.</summary>
    /// <param name="command">The program, then its arguments. At least one element.</param>
    /// <exception cref="DeploymentException">No program was given, or an argument contains a NUL character.</exception>
    public static Artifact Process(params string[] command)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (command.Length == 0 || string.IsNullOrWhiteSpace(command[0]))
        {
            throw new DeploymentException("A process needs a program: Artifact.Process(\"dotnet\", \"Shop.dll\").");
        }

        if (command.Any(argument => argument is null || argument.Contains('\0', StringComparison.Ordinal)))
        {
            throw new DeploymentException($"An argument of '{Naming.Printable(command[0])}' is null or has a NUL character in it, which no operating system can pass.");
        }

        return new Artifact { Kind = "process", Command = [.. command] };
    }

    /// <summary>
    /// A container image. A tag is resolved once, before the deployment is planned, and its digest is what all targets and the way back run from then on
    /// (<see cref="Targets.IPinArtifacts"/>).
    /// </summary>
    /// <param name="reference">Such as <c>registry.example.com/shop:2.4.0</c>, or with a digest: <c>shop@sha256:…</c>.</param>
    /// <param name="command">What runs in place of the image's own command; none for its own.</param>
    /// <exception cref="DeploymentException">There is no reference, or something contains a NUL character.</exception>
    public static Artifact Image(string reference, params string[] command)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (string.IsNullOrWhiteSpace(reference))
        {
            throw new DeploymentException("An image needs a reference: Artifact.Image(\"registry.example.com/shop:2.4.0\").");
        }

        if (command.Prepend(reference).Any(text => text is null || text.Contains('\0', StringComparison.Ordinal)))
        {
            throw new DeploymentException($"The image '{Naming.Printable(reference)}' or an argument of its command is null or has a NUL character in it, which no operating system can pass.");
        }

        return new Artifact { Kind = ImageKind, Location = reference, Command = [.. command] };
    }

    internal const string ImageKind = "image";

    /// <summary>The same artifact run in, or found at, another folder.</summary>
    public Artifact In(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return this with { Location = Path.GetFullPath(folder) };
    }

    /// <summary>
    /// The same artifact unpacked from a folder or an archive first. <c>{release}</c> in the command and in settings stands for the folder
    /// that it is unpacked into, which it also runs in where <see cref="In"/> says nothing else.
    /// </summary>
    /// <param name="package">The folder or archive; targets document the kinds that they take.</param>
    /// <param name="sha256">The SHA-256 that the archive must have, 64 hexadecimal digits; null not to check.</param>
    public Artifact From(string package, string? sha256 = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(package);
        return this with { Package = Path.GetFullPath(package), Sha256 = sha256 };
    }
}
