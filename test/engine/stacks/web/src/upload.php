<?php echo 'stored ' . filesize($_FILES['file']['tmp_name']) . ' bytes';
