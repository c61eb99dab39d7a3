# cmake -D PROGRAM=... -D FOLDER=... -P WriteDocuments.cmake: the program's
# manual page and completion, as it prints them.
get_filename_component(name ${PROGRAM} NAME)

function(write file)
  execute_process(COMMAND ${PROGRAM} ${ARGN} OUTPUT_FILE ${FOLDER}/${file}
                  COMMAND_ERROR_IS_FATAL ANY)
endfunction()

write(${name}.1 man)
write(${name}.bash completion bash)
write(_${name} completion zsh)
write(${name}.fish completion fish)
