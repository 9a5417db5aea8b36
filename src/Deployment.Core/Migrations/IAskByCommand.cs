using Deployment.Commands;

namespace Deployment.Migrations;

/// <summary>A migrator that looks by commands: the pipeline lends it what runs them, also while nothing is deployed yet.</summary>
internal interface IAskByCommand
{
    ICommandRunner Commands { set; }
}
